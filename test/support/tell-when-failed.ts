/** What a person would look at first when a run failed, told before everything is taken down. */
import type { TestContext } from 'vitest';
import type { LogEntry } from '../../src/release/log.ts';
import type { ReleaseView } from '../../src/report/release-view.ts';

export interface Account {
  readonly release: ReleaseView;
  readonly log: readonly LogEntry[];
  /** Of the controller. */
  readonly output: string;
}

export function tellWhenFailed(test: TestContext, account: () => Promise<Account>): void {
  test.onTestFinished(async ({ task }) => {
    if (task.result?.state !== 'fail') return;
    const { release, log, output } = await account();
    const lines = log.map(({ atMs, kind, reason, message }) => `${atMs} ${kind} ${reason}: ${message}`);
    const problems = output.split('\n').filter((line) => /"level":(40|50|60)/.test(line) || !line.startsWith('{'));
    const verdicts = release.rules.map(({ name, message }) => `${name}: ${message}`);
    console.error([release.id, ...lines, ...verdicts, ...problems.slice(-40)].join('\n'));
  });
}
