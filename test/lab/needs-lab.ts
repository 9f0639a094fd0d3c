/** Whether suites that need the lab can run here: in its network, with all its parts made. */
import { readlinkSync } from 'node:fs';
import { isSet } from '../support/needs.ts';
import { labFolder } from './folder.ts';
import { foreignKubeconfig } from './foreign-cluster.ts';
import { isInside } from './network/network.ts';
import { missingParts } from './parts/obtain.ts';
import type { Extent } from './parts/parts.ts';
import { stateOf } from './state.ts';

/** `server`: the API server alone, which may be another cluster's. */
type Wanted = Extent | 'server';

/** For `describe.runIf(await needsLab())(...)`. Under CI it throws, so that the file fails instead of being left out. */
export async function needsLab(wanted: Wanted = 'whole', ci: string | undefined = process.env['CI']): Promise<boolean> {
  const missing = await missingOfLab(wanted);
  if (missing === null) return true;
  if (isSet(ci)) throw new Error(`this suite must run under CI: ${missing}`);
  console.error(`the lab: ${missing}`);
  return false;
}

async function missingOfLab(wanted: Wanted): Promise<string | null> {
  if (foreignKubeconfig() !== null)
    return wanted === 'server' ? null : 'the cluster that SLUICE_TEST_KUBECONFIG names is none';
  if (!(await isInside())) return 'not in its network: run tests with npm test';
  const running = stateOf(labFolder());
  if (running !== null && networkOf(running.pid) !== networkOf('self')) {
    return 'the one that runs is in another network: npm test enters it';
  }
  if (running?.extent === 'bare' && wanted === 'whole') return 'the one that runs is bare';
  return missingParts(running?.extent ?? 'whole');
}

const networkOf = (process: number | 'self'): string => readlinkSync(`/proc/${process}/ns/net`);
