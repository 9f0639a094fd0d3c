/** A number of a Prometheus as a gate: what keeps its limit, what does not, and what says nothing. */
import { expect, it } from 'vitest';
import { type AskNow, askQuery } from '../../src/checks/query-ask.ts';
import { questionsOf } from '../../src/checks/questions.ts';
import { failed, ok } from '../../src/lib/result.ts';
import type { CheckDemand, CheckRun } from '../../src/release/check-demand.ts';
import { aQuestion } from '../support/a-question.ts';
import { aRelease, startMs } from '../support/a-release.ts';

const spec = { kind: 'query', source: 'main', promql: 'free{ns="{namespace}"}', comparison: '>=', limit: 4 } as const;

const series = (value: number, labels = {}) => ({ metric: 'free', labels, samples: [{ atMs: 0, value }] });

it.each([
  ['enough', [series(6)], 'passed', '6: >= 4'],
  ['too little', [series(3)], 'failed', '3: not >= 4'],
  ['one of two', [series(6, { node: 'a' }), series(3, { node: 'b' })], 'failed', '{node="b"} 3: not >= 4'],
  ['no number', [series(Number.NaN)], 'failed', 'NaN: not >= 4'],
  ['nothing', [], 'pending', 'the query gives nothing'],
] as const)('%s', async (_name, all, outcome, message) => {
  const asked: string[] = [];
  const ask: AskNow = async (promql) => {
    asked.push(promql);
    return ok(all);
  };
  const question = aQuestion({ namespace: 'shop"} or vector(9) #' });
  expect(await askQuery(spec, question, ask)).toMatchObject({ outcome, message: expect.stringContaining(message) });
  expect(asked).toEqual(['free{ns="shop\\"} or vector(9) #"}']);
});

it('says nothing of what can not be asked', async () => {
  const ask: AskNow = async () => failed({ message: 'main: connection refused' });
  const message = 'the query was not answered: main: connection refused';
  expect(await askQuery(spec, aQuestion(), ask)).toMatchObject({ outcome: 'pending', message });
});

it.each([
  ['query', true],
  ['targets', true],
  ['http', false],
] as const)('%s that passed is asked again while the first traffic waits: %s', (kind, isAgain) => {
  const run: CheckRun = {
    ...{ place: 'beforeTraffic', attempt: 1, state: 'passed', message: '', failedInARow: 0, override: null },
    ...{ sinceMs: startMs, askedAtMs: startMs, answeredAtMs: startMs, tookMs: 1 },
  };
  const demand: CheckDemand = {
    ...{ name: 'room', kind, stages: ['beforeTraffic'], onFail: 'hold', everyMs: 5_000, failures: 2 },
    ...{ survives: true, isGate: true, overrideBy: [] },
  };
  const release = aRelease({ checks: [{ demand, runs: [run] }] });
  const due = (nowMs: number) =>
    questionsOf(release, { nowMs, namespace: 'default', workload: null, canary: 'ready' }).map(
      ({ attempt }) => attempt,
    );
  expect(due(startMs + 4_999)).toEqual([]);
  expect(due(startMs + 5_000)).toEqual(isAgain ? [2] : []);
});
