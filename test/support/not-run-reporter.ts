/** Vitest reporter that closes every run with what was not run, and why; under CI that fails the run. */
import type { Reporter, TestModule, Vitest } from 'vitest/node';
import { howToInstall, isSet, missingPrograms } from './needs.ts';

/** Tests of one file that were collected and did not run. */
interface NotRun {
  readonly file: string;
  readonly tests: number;
  readonly names: readonly string[];
}

// eslint-disable-next-line no-restricted-syntax -- vitest loads reporters by their default export
export default class NotRunReporter implements Reporter {
  #chosenByName = false;

  onInit(vitest: Vitest): void {
    this.#chosenByName = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    // `-t name` leaves the others out on purpose.
    if (this.#chosenByName) return;
    const notRun = modules.map(skippedIn).filter(({ tests }) => tests > 0);
    if (notRun.length === 0) return;
    console.error(['', ...linesAbout(notRun), ''].join('\n'));
    if (isSet(process.env['CI'])) process.exitCode = 1;
  }
}

function skippedIn(module: TestModule): NotRun {
  const names = [...module.children.allTests('skipped')].map(({ name }) => name);
  return { file: module.relativeModuleId, tests: names.length, names };
}

function linesAbout(notRun: readonly NotRun[]): readonly string[] {
  const total = notRun.reduce((sum, { tests }) => sum + tests, 0);
  const missing = missingPrograms();
  return [
    `NOT RUN: ${total} tests. What they hold is unproven on this machine.`,
    ...notRun.flatMap(({ file, names, tests }) => [`  ${file}: ${tests}`, ...names.map((name) => `    ${name}`)]),
    ...(missing.length > 0 ? [`  because: ${howToInstall(missing)}`] : []),
  ];
}
