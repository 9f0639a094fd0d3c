/**
 * `npm run mutants [-- --mutate 'src/gate/step.ts']`: breaks the judge and the gate in every small way, and says which breaks no
 * test of theirs notices. The report is kept outside the repository, so that a second run only does what has changed (`--force`: all).
 * No part of the CI gate: both folders take about twenty minutes of one core (`--concurrency 2`: half of it). Sentences for
 * people count like all else: the tests of the gate and of the words hold them.
 */
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'sluice');

export default {
  mutate: ['src/gate/**/*.ts', 'src/verdict/**/*.ts'],
  plugins: ['@stryker-mutator/vitest-runner'],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutants.config.ts' },
  coverageAnalysis: 'perTest',
  concurrency: 1,
  timeoutMS: 10_000,
  incremental: true,
  incrementalFile: join(cache, 'mutants.json'),
  tempDirName: join(tmpdir(), 'sluice-mutants'),
  reporters: ['progress-append-only', 'clear-text', 'html'],
  htmlReporter: { fileName: join(cache, 'mutants.html') },
  clearTextReporter: { allowEmojis: false, allowColor: false, logTests: false, reportTests: false, skipFull: true },
  thresholds: { high: 95, low: 90, break: 90 },
};
