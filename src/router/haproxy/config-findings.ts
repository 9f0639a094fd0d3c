/** Reads haproxy.cfg for what stands in the way of a release. */
import { readFile } from 'node:fs/promises';
import { messageOf } from '../../lib/message-of.ts';
import type { Finding } from '../finding.ts';
import { checkConfig } from './config-check.ts';

/** Null: no file is named, and nothing found. One that can't be read is a finding itself. */
export async function configFindings(file: string | null, backend: string): Promise<readonly Finding[]> {
  if (file === null) return [];
  try {
    return checkConfig(await readFile(file, 'utf8'), { file, backend });
  } catch (error) {
    const message = `traffic.haproxy.config can't be read (${messageOf(error)})`;
    return [{ grade: 'unfit', message, fix: 'let Sluice read it, or take it out of the policy' }];
  }
}
