/** Every simulated row of the design: what is run, what the designers found, and what must hold. */
import { convictedBy, type Ending, share } from './ending.ts';
import { relativeLatency } from './latency.ts';
import { absolute, literalRule, type Rollout, relative, rollout, throughput } from './one-rule.ts';
import type { Random } from './random.ts';
import { byRelativeAlone, sharedOutage } from './shared-outage.ts';

export interface Figure {
  readonly label: string;
  readonly value: number;
  readonly text: string;
  /** The bound in words; empty: published, not bounded. */
  readonly bound: string;
  readonly holds: boolean;
}

export interface Scenario {
  readonly name: string;
  readonly title: string;
  readonly reference: string;
  readonly runs: number;
  readonly run: (random: Random) => Ending;
  readonly figures: (endings: readonly Ending[]) => readonly Figure[];
}

export interface Bound {
  readonly atMost?: number;
  readonly atLeast?: number;
}

const inPercent = (value: number): string => `${(value * 100).toFixed(value > 0 && value < 0.01 ? 2 : 1)} %`;
const inMinutes = (value: number): string => (Number.isFinite(value) ? `${value.toFixed(2)} min` : 'never');

const figure = (label: string, value: number, bound: Bound, say: (value: number) => string): Figure => ({
  label,
  value,
  text: say(value),
  bound: [
    ...(bound.atLeast === undefined ? [] : [`>= ${say(bound.atLeast)}`]),
    ...(bound.atMost === undefined ? [] : [`<= ${say(bound.atMost)}`]),
  ].join(', '),
  holds: value >= (bound.atLeast ?? Number.NEGATIVE_INFINITY) && value <= (bound.atMost ?? Number.POSITIVE_INFINITY),
});

export const chance = (label: string, value: number, bound: Bound = {}): Figure =>
  figure(label, value, bound, inPercent);
export const time = (label: string, value: number, bound: Bound = {}): Figure => figure(label, value, bound, inMinutes);

/** How often it fires on what should be left alone; or, for a negative control, on what it should not withstand. */
export const fires = (bound: Bound) => (endings: readonly Ending[]) => [
  chance('fired', share(endings, 'convicted'), bound),
];

/** How soon a bad canary is found. */
export const found =
  (median: Bound, p90: Bound = {}, all: Bound = {}) =>
  (endings: readonly Ending[]) => [
    time('median', convictedBy(endings, 0.5), median),
    time('p90', convictedBy(endings, 0.9), p90),
    chance('found', share(endings, 'convicted'), all),
  ];

const usual = { total: 100, canary: 0.001, stable: 0.001 } as const;
const rolling = (given: Partial<Rollout> & Pick<Rollout, 'tests'>) => (random: Random) =>
  rollout(random, { ...usual, ...given });

const healthy = (total: number, reference: string): Scenario => ({
  name: `relative-healthy-${total}`,
  title: `default relative, healthy, ${total} req/s`,
  reference,
  runs: 5_000,
  run: rolling({ tests: [relative(1)], total }),
  figures: fires({ atMost: 0.01 }),
});

/** The first table: one rule, 100 req/s, 25 % canary, 15 s ticks, 55 min, stable 0.1 %, alpha 0.01. */
export const oneRule: readonly Scenario[] = [
  {
    name: 'literal',
    title: 'literal rule, true 0.05 % (checks the simulator)',
    reference: '80.4 %',
    runs: 5_000,
    run: (random) => literalRule(random, { total: 100, canary: 0.0005, limit: 0.001 }),
    figures: fires({ atLeast: 0.77, atMost: 0.85 }),
  },
  healthy(10, '0.27 %'),
  healthy(100, '0.35 %'),
  healthy(1000, '0.10 %'),
  {
    name: 'relative-0.5',
    title: 'default relative, canary 0.5 %',
    reference: '1.75 / 3.25 min',
    runs: 5_000,
    run: rolling({ tests: [relative(1)], canary: 0.005 }),
    figures: found({ atMost: 2.25 }, { atMost: 4.25 }, { atLeast: 1 }),
  },
  {
    name: 'relative-1',
    title: 'default relative, canary 1 %',
    reference: '0.75 / 1.25 min',
    runs: 5_000,
    run: rolling({ tests: [relative(1)], canary: 0.01 }),
    figures: found({ atMost: 1 }),
  },
  {
    name: 'relative-5',
    title: 'default relative, canary 5 %',
    reference: '0.25 / 0.25 min',
    runs: 5_000,
    run: rolling({ tests: [relative(1)], canary: 0.05 }),
    figures: found({ atMost: 0.5 }),
  },
  {
    name: 'absolute-0.09',
    title: 'default absolute p0 = 0.1 %, true 0.09 %',
    reference: '0.10 %',
    runs: 5_000,
    run: rolling({ tests: [absolute(0.001)], canary: 0.0009 }),
    figures: fires({ atMost: 0.005 }),
  },
  {
    name: 'absolute-0.5',
    title: 'default absolute p0 = 0.1 %, true 0.5 %',
    reference: '1.25 / 2.5 min',
    runs: 5_000,
    run: rolling({ tests: [absolute(0.001)], canary: 0.005 }),
    figures: found({ atMost: 1.75 }),
  },
  {
    name: 'onset',
    title: 'onset at minute 30, 0.5 %',
    reference: '2.5 / 4.25 min',
    runs: 5_000,
    run: rolling({ tests: [relative(1)], canary: 0.005, onsetMinute: 30 }),
    figures: found({ atMost: 3.25 }),
  },
  {
    name: 'onset-no-change-point',
    title: 'the same without change point (negative control)',
    reference: '5.75 / 8.5 min',
    runs: 5_000,
    run: rolling({ tests: [relative(1)], canary: 0.005, onsetMinute: 30, prior: 'first-tick' }),
    figures: found({ atLeast: 4.5 }),
  },
  {
    name: 'bursts-raw',
    title: 'bursts of 3, phi = 1 (negative control)',
    reference: '87.2 %',
    runs: 3_000,
    run: rolling({ tests: [relative(1)], burst: 3 }),
    figures: fires({ atLeast: 0.6 }),
  },
  {
    name: 'bursts-phi',
    title: 'bursts of 3, phi = 5',
    reference: '0.40 %',
    runs: 5_000,
    run: rolling({ tests: [relative(1, 5)], burst: 3 }),
    figures: fires({ atMost: 0.01 }),
  },
  {
    name: 'lost-healthy',
    title: '20 % of the ticks lost, healthy',
    reference: '0.18 %',
    runs: 5_000,
    run: rolling({ tests: [relative(1)], lost: 0.2 }),
    figures: fires({ atMost: 0.01 }),
  },
  {
    name: 'lost-0.5',
    title: '20 % of the ticks lost, canary 0.5 %',
    reference: '2.25 / 4.25 min',
    runs: 5_000,
    run: rolling({ tests: [relative(1)], canary: 0.005, lost: 0.2 }),
    figures: found({ atMost: 3 }),
  },
  {
    name: 'latency-stuck',
    title: '2 % of requests stuck at 1.5 s, relative latency over 5 bounds',
    reference: '0.5 min',
    runs: 2_000,
    run: (random) => relativeLatency(random, { stuck: 0.02, total: 100 }),
    figures: found({ atMost: 1 }),
  },
  {
    name: 'latency-healthy',
    title: 'the same, healthy',
    reference: '0.13 %',
    runs: 3_000,
    run: (random) => relativeLatency(random, { stuck: 0, total: 100 }),
    figures: fires({ atMost: 0.01 }),
  },
  {
    name: 'throughput-20',
    title: 'throughput share, -10 % rule, true -20 %',
    reference: '1.0 min',
    runs: 5_000,
    run: rolling({ tests: [throughput(0.25, 0.1)], served: 0.8 }),
    figures: found({ atMost: 1.5 }),
  },
  {
    name: 'throughput-10',
    title: 'throughput share, -10 % rule, true -10 %',
    reference: '0.22 %',
    runs: 5_000,
    run: rolling({ tests: [throughput(0.25, 0.1)], served: 0.9 }),
    figures: fires({ atMost: 0.01 }),
  },
  {
    name: 'relative-1.25',
    title: 'relative at r0 = 1.25, canary 0.5 %',
    reference: '2.25 / 4.5 min',
    runs: 5_000,
    run: rolling({ tests: [relative(1.25)], canary: 0.005 }),
    figures: found({ atMost: 2.5 }, { atMost: 5 }),
  },
  {
    name: 'both-m6',
    title: 'absolute AND relative (1.25), m = 6, canary 0.5 %',
    reference: '3.0 min',
    runs: 5_000,
    run: rolling({ tests: [absolute(0.001), relative(1.25)], canary: 0.005, convictAt: 600 }),
    figures: found({ atMost: 3.25 }),
  },
  {
    name: 'shared-outage',
    title: 'shared outage of 60 s, random scrape phases, with the watermark',
    reference: 'to find',
    runs: 1_000,
    run: (random) => sharedOutage(random, { ...byRelativeAlone, watermark: 'on' }),
    figures: fires({ atMost: 0.01 }),
  },
  {
    name: 'shared-outage-raw',
    title: 'the same without the watermark (negative control)',
    reference: 'to find',
    runs: 500,
    run: (random) => sharedOutage(random, { ...byRelativeAlone, watermark: 'off' }),
    figures: fires({ atLeast: 0.3 }),
  },
];
