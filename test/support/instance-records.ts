/** Which processes a policy's instances are, as Sluice itself wrote it down. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { InstanceRecord } from '../../src/workload/process-records.ts';

/** Oldest first; a file that is just being replaced is left out. */
export function instanceRecords(policyDir: string): readonly InstanceRecord[] {
  const folder = join(policyDir, 'workload', 'instances');
  return names(folder)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => recordIn(join(folder, name)))
    .sort((a, b) => a.ordinal - b.ordinal);
}

const names = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
};

const json = z.string().transform((text): unknown => JSON.parse(text));

const recordIn = (file: string): readonly InstanceRecord[] => {
  try {
    return [InstanceRecord.parse(json.parse(readFileSync(file, 'utf8')))];
  } catch {
    return [];
  }
};
