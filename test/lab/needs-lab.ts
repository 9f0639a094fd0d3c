/** Whether suites that need the lab can run here: in its network, with all its parts made. */
import { readlinkSync } from 'node:fs';
import { isSet } from '../support/needs.ts';
import { labFolder } from './folder.ts';
import { isInside } from './network/network.ts';
import { missingParts } from './parts/obtain.ts';
import type { Extent } from './parts/parts.ts';
import { stateOf } from './state.ts';

/** For `describe.runIf(await needsLab())(...)`. Under CI it throws, so that the file fails instead of being left out. */
export async function needsLab(extent: Extent = 'whole', ci: string | undefined = process.env['CI']): Promise<boolean> {
  const missing = await missingOfLab(extent);
  if (missing === null) return true;
  if (isSet(ci)) throw new Error(`this suite must run under CI: ${missing}`);
  console.error(`the lab: ${missing}`);
  return false;
}

async function missingOfLab(extent: Extent): Promise<string | null> {
  if (!(await isInside())) return 'not in its network: run tests with npm test';
  const running = stateOf(labFolder());
  if (running !== null && networkOf(running.pid) !== networkOf('self')) {
    return 'the one that runs is in another network: npm test enters it';
  }
  if (running?.extent === 'bare' && extent === 'whole') return 'the one that runs is bare';
  return missingParts(running?.extent ?? 'whole');
}

const networkOf = (process: number | 'self'): string => readlinkSync(`/proc/${process}/ns/net`);
