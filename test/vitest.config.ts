/**
 * How the tests run: `quick` files side by side, then `real` ones (whole program, real processes) two files at a
 * time, because they wait more than they work but must not wait for a core, then those on a Kubernetes of processes (test/lab):
 * one file at a time where the lab itself is what is tried, two where releases run in it.
 */
import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const real = ['test/e2e/**/*.test.ts', 'test/**/*.real.test.ts'];
const lab = ['test/**/*.lab.test.ts'];
/** Whole releases in namespaces of their own, which wait more than they work and leave the lab's programs alone; the runbook fills the machine by itself. */
const labRuns = ['test/wiring/cluster/!(runbook).lab.test.ts', 'test/deploy/without-controller.lab.test.ts'];
const report = process.env['SLUICE_TEST_REPORT'];

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    reporters: [
      'default',
      './test/support/not-run-reporter.ts',
      ...(report === undefined ? [] : [['json', { outputFile: report }] as ['json', { outputFile: string }]]),
    ],
    environment: 'node',
    pool: 'forks',
    // The command line is started hundreds of times: what was compiled once is kept, which halves each start.
    env: { NODE_COMPILE_CACHE: new URL('../node_modules/.cache/compiled', import.meta.url).pathname },
    // Tests that say they may run beside others are whole worlds, which wait more than they work.
    maxConcurrency: 2,
    // Beyond the patience of a wait (test/support/eventually.ts), so that it is the wait that says what did not come.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'quick',
          include: ['test/**/*.test.ts'],
          exclude: [...real, ...lab],
          maxWorkers: Math.max(2, availableParallelism()),
          sequence: { groupOrder: 0 },
        },
      },
      { extends: true, test: { name: 'real', include: real, maxWorkers: 2, sequence: { groupOrder: 1 } } },
      // One lab serves all files of a run.
      {
        extends: true,
        // Whoever comes first waits for its start.
        test: {
          ...{ name: 'lab', include: lab, exclude: labRuns, maxWorkers: 1 },
          ...{ sequence: { groupOrder: 2 }, testTimeout: 300_000 },
        },
      },
      {
        extends: true,
        test: {
          ...{ name: 'lab-runs', include: labRuns, maxWorkers: 2 },
          ...{ sequence: { groupOrder: 3 }, testTimeout: 300_000 },
        },
      },
    ],
  },
});
