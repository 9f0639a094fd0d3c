/** `sluice demo` as a process with a folder for its temporary files of its own, so that whatever it leaves behind can be seen. */
import { readdir } from 'node:fs/promises';
import { processesWith } from '../../src/workload/process-table.ts';
import { atTestEnd } from './at-end.ts';
import { eventually } from './eventually.ts';
import { signalById, type TestProcess } from './process.ts';
import { startSluice } from './sluice-command.ts';
import { tempDir } from './temp-dir.ts';

export interface DemoRun {
  readonly process: TestProcess;
  /** Processes that carry the run's folder in their environment, the demo itself included; and files in that folder. */
  leftBehind(): Promise<{ readonly processes: readonly number[]; readonly files: readonly string[] }>;
}

/** Ends what a failed test would leave. */
export async function startDemo(words: readonly string[] = []): Promise<DemoRun> {
  const folder = await tempDir();
  const processes = (): readonly number[] => processesWith('TMPDIR', folder).map(({ pid }) => pid);
  atTestEnd(async () => {
    for (const pid of processes()) signalById(pid, 'SIGKILL');
    await eventually(() => processes().length === 0, { withinMs: 5_000 });
  });
  const process = startSluice(['demo', ...words], { env: { TMPDIR: folder } });
  return { process, leftBehind: async () => ({ processes: processes(), files: await readdir(folder) }) };
}

export const nothing = { processes: [], files: [] };
