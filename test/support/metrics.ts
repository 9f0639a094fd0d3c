/** Short forms for tests of measuring: rules, series, answers, and a fold over several of them. */
import { type CounterMemory, emptyMemory } from '../../src/metrics/counter-memory.ts';
import { type Measured, measure } from '../../src/metrics/measure.ts';
import type { Answer } from '../../src/metrics/metric-source.ts';
import { type CountsReading, noCounts, type Reading } from '../../src/metrics/reading.ts';
import type { Arms, Labels, Series } from '../../src/metrics/series.ts';
import type { Rule } from '../../src/rules/rule.ts';
import type { Sli } from '../../src/rules/sli.ts';
import { aRule } from './a-rule.ts';

const T0 = 1_700_000_000_000;

/** Time in seconds after `T0`, as epoch ms. */
export const at = (seconds: number): number => T0 + Math.round(seconds * 1000);

export const arms: Arms = { canary: { instance: ['c:1'] }, stable: { instance: ['s:1'] } };

export const errorSli: Sli = {
  kind: 'ratio',
  bad: { metric: 'requests_total', matchers: [{ label: 'code', op: '=~', value: '5..' }] },
  total: { metric: 'requests_total', matchers: [] },
};

export const ruleOf = (sli: Sli, given: Partial<Rule> = {}): Rule => aRule({ sli, forMs: 300_000, ...given });

export const errorRule = ruleOf(errorSli);

/** `[seconds, value]` pairs. */
export const series = (metric: string, labels: Labels, ...samples: readonly (readonly [number, number])[]): Series => ({
  metric,
  labels,
  samples: samples.map(([seconds, value]) => ({ atMs: at(seconds), value })),
});

export const requests = (instance: string, code: string, ...samples: readonly (readonly [number, number])[]): Series =>
  series('requests_total', { instance, code }, ...samples);

export const answerOf = (...all: readonly Series[]): Answer => ({
  kind: 'series',
  source: 'main',
  receivedAtMs: T0,
  series: all,
});

export interface Step {
  readonly atSeconds: number;
  readonly answer: Answer;
  readonly arms?: Arms;
}

export interface Run {
  readonly memory: CounterMemory;
  readonly readings: readonly Reading[];
}

export interface RunOptions {
  readonly rule?: Rule;
  readonly notBeforeMs?: number | null;
  readonly memory?: CounterMemory;
}

/** Measures one rule over several answers; the memory goes through JSON each time, as it does in a store. */
export function run(steps: readonly Step[], options: RunOptions = {}): Run {
  const { rule = errorRule, notBeforeMs = at(-1000) } = options;
  let memory = options.memory ?? emptyMemory;
  const readings = steps.map((step) => {
    const measured: Measured = measure({
      rules: [rule],
      arms: step.arms ?? arms,
      memory,
      answer: step.answer,
      nowMs: at(step.atSeconds),
      notBeforeMs,
    });
    memory = JSON.parse(JSON.stringify(measured.memory)) as CounterMemory;
    return measured.readings[rule.name]!;
  });
  return { memory, readings };
}

export const countsOf = (reading: Reading | undefined): CountsReading => {
  if (reading?.kind !== 'counts') throw new Error(`expected counts, got ${JSON.stringify(reading)}`);
  return reading;
};

/** All that a run counted for an arm. */
export const totalOf = ({ readings }: Run, arm: 'canary' | 'stable', part: 'fresh' | 'aligned' = 'fresh') =>
  readings.reduce((sum, reading) => {
    const counts = reading.kind === 'counts' ? (reading[part][arm] ?? noCounts) : noCounts;
    return { events: sum.events + counts.events, bad: sum.bad + counts.bad };
  }, noCounts);
