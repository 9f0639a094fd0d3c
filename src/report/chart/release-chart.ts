/** What the charts of a release are drawn from: a series a rule, and the weight, none with more points than a screen has room for. */
import type { Journalled } from '../../release/journal.ts';
import type { LogEntry } from '../../release/log.ts';
import type { Release } from '../../release/release.ts';
import type { Rule, Severity } from '../../rules/rule.ts';
import type { Unit } from '../format-value.ts';
import { limitWords } from '../limit-words.ts';
import { unitOf } from '../rule-view.ts';
import { type LookPoint, replay } from './replay.ts';
import { thin } from './thin.ts';
import { type WeightChart, weightChart } from './weight-chart.ts';

/** Columns of equal length, oldest first; times are epoch ms. */
export interface RuleChart {
  readonly rule: string;
  readonly alert: Severity;
  readonly unit: Unit;
  readonly limitWords: string;
  readonly windowMs: number;
  readonly atMs: readonly number[];
  /** In `unit`; null: nothing was seen, or the rule had convicted before. */
  readonly canary: readonly (number | null)[];
  readonly stable: readonly (number | null)[];
  readonly limit: readonly (number | null)[];
  /** Distance to a conviction: 0 nothing speaks against the canary, 1 convicted. */
  readonly evidence: readonly number[];
  /** Canary events since the release began. */
  readonly events: readonly number[];
}

export interface ReleaseChart {
  readonly release: string;
  readonly startedAtMs: number;
  /** The oldest looks are not kept any more. */
  readonly cut: boolean;
  /** To be given as `after` for what comes later: the newest look's time, epoch ms. */
  readonly next: number;
  readonly rules: readonly RuleChart[];
  readonly weight: WeightChart;
}

const mostPoints = 500;

export interface ChartInput {
  readonly release: Release;
  readonly journal: Journalled;
  /** The whole of it, oldest first. */
  readonly log: readonly LogEntry[];
  /** Only what is newer, epoch ms; of the weights also the one that held then. */
  readonly afterMs: number;
}

export const releaseChart = ({ release, journal, log, afterMs }: ChartInput): ReleaseChart => {
  const { id, rules, startedAtMs } = release;
  const { desired, applied, observed, promotedAtMs } = weightChart(release, log, journal.spans);
  const newest = startedAtMs + (journal.spans.at(-1)?.toMs ?? 0);
  return {
    release: id,
    startedAtMs,
    cut: journal.cut,
    next: Math.max(afterMs, newest),
    rules: rules.rules.map((rule) => ruleChart(rule, replay(rule, release, journal.spans), afterMs)),
    weight: {
      desired: since(desired, afterMs).slice(-mostPoints),
      applied: since(applied, afterMs).slice(-mostPoints),
      observed: thin(newer(observed, afterMs), mostPoints, ({ percent }) => percent),
      promotedAtMs,
    },
  };
};

const newer = <T extends { readonly atMs: number }>(points: readonly T[], afterMs: number): readonly T[] =>
  points.filter(({ atMs }) => atMs > afterMs);

/** With the one that held at that time: a step begins where it began. */
const since = <T extends { readonly atMs: number }>(steps: readonly T[], afterMs: number): readonly T[] => {
  const at = steps.findLastIndex(({ atMs }) => atMs <= afterMs);
  return steps.slice(Math.max(0, at));
};

const ruleChart = (rule: Rule, all: readonly LookPoint[], afterMs: number): RuleChart => {
  const points = thin(newer(all, afterMs), mostPoints, ({ canary }) => canary);
  const column = <K extends keyof LookPoint>(name: K): readonly LookPoint[K][] => points.map((point) => point[name]);
  return {
    rule: rule.name,
    alert: rule.alert,
    unit: unitOf(rule),
    limitWords: limitWords(rule, all.at(-1)?.limit ?? null),
    windowMs: rule.windowMs,
    atMs: column('atMs'),
    canary: column('canary'),
    stable: column('stable'),
    limit: column('limit'),
    evidence: column('evidence'),
    events: column('events'),
  };
};
