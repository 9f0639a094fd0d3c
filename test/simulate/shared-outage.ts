/**
 * An outage that hits both versions alike, seen through scrapes at different moments: counters of four processes, the real
 * counting, the real watermark, the real judge. Whoever is convicted is convicted falsely.
 */
import { type CounterMemory, emptyMemory } from '../../src/metrics/counter-memory.ts';
import { measure } from '../../src/metrics/measure.ts';
import type { Reading } from '../../src/metrics/reading.ts';
import type { Arms, Sample, Series } from '../../src/metrics/series.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { judge } from '../../src/verdict/judge.ts';
import { type RuleState, startRuleState } from '../../src/verdict/rule-state.ts';
import type { JudgeSettings } from '../../src/verdict/settings.ts';
import { atStep, settings as defaults, errorRate } from '../verdict/a-rule.ts';
import { convictedAt, type Ending, open } from './ending.ts';
import { poisson, type Random } from './random.ts';

const arms: Arms = { canary: { version: ['canary'] }, stable: { version: ['stable'] } };
const scrapeMs = 15_000;
const lookbackMs = 60_000;
const outageMs = 60_000;
const endMs = 20 * 60_000;
const requestsPerSecond = 25;
const usualErrorRate = 0.001;

export interface Outage {
  readonly watermark: 'on' | 'off';
  /** Part of the requests that fails while it lasts. */
  readonly failing: number;
  /** "Worse than stable" starts here. */
  readonly ratio: number;
  readonly settings: JudgeSettings;
  readonly compare: Rule['compare'];
  /** It begins at any moment between these; the weight was raised at minute 0. */
  readonly beginsMinute: readonly [number, number];
}

/** Everything fails, and the relative test alone looks at it, at an alpha of 0.01. */
export const byRelativeAlone: Omit<Outage, 'watermark'> = {
  failing: 1,
  ratio: 1,
  compare: 'stable',
  settings: { ...defaults, alpha: 0.01, rules: 1 },
  beginsMinute: [3, 8],
};

interface Target {
  readonly version: 'canary' | 'stable';
  readonly instance: string;
  readonly phaseMs: number;
  readonly requests: Sample[];
  readonly errors: Sample[];
}

export const sharedOutage = (random: Random, given: Outage): Ending => {
  const { settings, compare, ratio } = given;
  const rule: Rule = { ...errorRate, compare, ratio };
  const [earliest, latest] = given.beginsMinute;
  const beginsMs = (earliest + (latest - earliest) * random.next()) * 60_000;
  const targets = (['canary', 'stable', 'stable', 'stable'] as const).map((version, i): Target => {
    const phaseMs = Math.floor(random.next() * scrapeMs);
    return { version, instance: `${i}`, phaseMs, ...scraped(random, phaseMs, { beginsMs, failing: given.failing }) };
  });
  let state: RuleState = startRuleState(rule);
  let memory: CounterMemory = emptyMemory;
  for (let nowMs = scrapeMs; nowMs <= endMs; nowMs += scrapeMs) {
    const series = targets.flatMap((target) => seriesOf(target, nowMs));
    const answer = { kind: 'series', source: 'simulated', receivedAtMs: nowMs, series } as const;
    const measured = measure({ rules: [rule], arms, memory, answer, nowMs, notBeforeMs: 0 });
    memory = measured.memory;
    const read = measured.readings[rule.name] as Reading;
    const reading = given.watermark === 'on' ? read : withoutWatermark(read);
    const judged = judge(rule, settings, { state, reading, context: atStep({ nowMs }) });
    state = judged.state;
    if (judged.verdict.outcome === 'rollback') return convictedAt((nowMs - beginsMs) / 60_000);
  }
  return open;
};

/** The negative control: whatever was seen of each arm, compared as if it were of one time. */
const withoutWatermark = (reading: Reading): Reading =>
  reading.kind === 'counts' && reading.fresh.stable !== null
    ? { ...reading, aligned: { ...reading.aligned, canary: reading.fresh.canary, stable: reading.fresh.stable } }
    : reading;

/** All samples of one target's counters: exact to the millisecond at the edges of the outage. */
const scraped = (random: Random, phaseMs: number, { beginsMs, failing }: { beginsMs: number; failing: number }) => {
  const requests: Sample[] = [];
  const errors: Sample[] = [];
  let [allCount, badCount, lastMs] = [0, 0, 0];
  for (let atMs = phaseMs; atMs <= endMs; atMs += scrapeMs) {
    const badMs = Math.max(0, Math.min(atMs, beginsMs + outageMs) - Math.max(lastMs, beginsMs));
    const mean = (ms: number): number => (ms / 1000) * requestsPerSecond;
    const bad = poisson(random, mean(badMs) * failing + mean(atMs - lastMs - badMs) * usualErrorRate);
    const good = poisson(random, mean(badMs) * (1 - failing) + mean(atMs - lastMs - badMs) * (1 - usualErrorRate));
    allCount += bad + good;
    badCount += bad;
    requests.push({ atMs, value: allCount });
    errors.push({ atMs, value: badCount });
    lastMs = atMs;
  }
  return { requests, errors };
};

const seriesOf = ({ version, instance, requests, errors }: Target, nowMs: number): readonly Series[] => {
  const seen = (samples: readonly Sample[]): readonly Sample[] =>
    samples.filter(({ atMs }) => atMs <= nowMs && atMs > nowMs - lookbackMs);
  const labels = { version, instance };
  return [
    { metric: 'requests_total', labels, samples: seen(requests) },
    { metric: 'errors_total', labels, samples: seen(errors) },
  ].filter(({ samples }) => samples.length > 0);
};
