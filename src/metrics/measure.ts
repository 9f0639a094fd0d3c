/**
 * From one answer of the metrics to one reading for each rule. Pure; the same answer twice adds nothing.
 *
 *     answer ─► targets (up, start, samples) ─► counters: increments, each once ─► a rule's counts of both arms ─► readings
 *                        ▲                                   │
 *                        └────────── CounterMemory ◄─────────┘
 */
import type { Result } from '../lib/result.ts';
import { renderExpression } from '../rules/promql.ts';
import type { Rule } from '../rules/rule.ts';
import { alertId, alertsWanted, readAlert } from './alerts.ts';
import { emptyRuleMemory, type RuleMeasured, readCounts } from './count-reading.ts';
import { isCounting, type Parts, partsOf } from './counted.ts';
import type { CounterMemory, RuleMemory, TargetMemory } from './counter-memory.ts';
import { foldTarget, type TargetFold } from './counters.ts';
import { isLevelSeen, type LevelSli, readLevel } from './level-reading.ts';
import { armExists, armOf } from './matching.ts';
import type { Answer, ReadRequest } from './metric-source.ts';
import { noSeries } from './no-series.ts';
import { readPastVolume, totalId, totalsOf } from './past-volume.ts';
import { presentOf } from './present.ts';
import type { Reading, WhyNothing } from './reading.ts';
import type { Arms, Series } from './series.ts';
import { bucketKey, targetOf } from './series-key.ts';
import { type TargetView, viewTargets } from './target-view.ts';
import { bucketsOf, countersOf, expressionId, selectorsOf } from './wanted-series.ts';

/** What to ask a source for. `lookbackMs`: at least two scrape intervals; three and more let a late poll miss nothing. */
export function readRequest(rules: readonly Rule[], arms: Arms, lookbackMs: number): ReadRequest {
  const sides = (['canary', 'stable'] as const).filter((arm) => armExists(arms[arm]));
  const expressions = rules.flatMap((rule) => {
    const { sli } = rule;
    if (sli.kind !== 'expression') return [];
    return sides.map((arm) => ({ id: expressionId(rule, arm), promql: renderExpression(sli.promql, arms[arm]) }));
  });
  const totals = rules.flatMap((rule) => totalsOf(rule, arms));
  const alerts = alertsWanted(rules);
  return {
    selectors: selectorsOf(rules),
    expressions,
    ...(totals.length > 0 ? { totals } : {}),
    ...(alerts.length > 0 ? { alerts } : {}),
    arms,
    lookbackMs,
  };
}

export interface Measurement {
  readonly rules: readonly Rule[];
  readonly arms: Arms;
  readonly memory: CounterMemory;
  readonly answer: Answer;
  readonly nowMs: number;
  /** First traffic of the release, epoch ms; null: none yet. The canary's samples before it are only a baseline. */
  readonly notBeforeMs: number | null;
}

export interface Measured {
  readonly memory: CounterMemory;
  /** By rule name; one for every rule. */
  readonly readings: Readonly<Record<string, Reading>>;
}

export function measure(given: Measurement): Measured {
  const { rules, memory, answer, nowMs } = given;
  if (answer.kind === 'failed') {
    const down: Reading = { kind: 'nothing', atMs: nowMs, reason: 'SourceDown', message: answer.message };
    return { memory, readings: Object.fromEntries(rules.map(({ name }) => [name, down])) };
  }
  const look = lookAt(given, answer);
  const measured = rules.map((rule) => [rule.name, measureRule(rule, look)] as const);
  return {
    memory: {
      format: 1,
      sinceMs: memory.sinceMs ?? nowMs,
      source: answer.source,
      arms: given.arms,
      metrics: metricsKnown(look),
      passedOver: passedOver(look),
      targets: targetsAfter(memory.targets, look.folds, nowMs),
      rules: Object.fromEntries(measured.map(([name, each]) => [name, each.memory])),
    },
    readings: Object.fromEntries(measured.map(([name, { reading }]) => [name, reading])),
  };
}

interface Look extends Measurement {
  readonly answer: Extract<Answer, { readonly kind: 'series' }>;
  readonly series: readonly Series[];
  readonly aheadMs: number;
  readonly remembered: ReadonlyMap<string, RuleMemory>;
  readonly parts: ReadonlyMap<Rule, Result<Parts, WhyNothing>>;
  readonly counters: ReadonlySet<Series>;
  readonly views: ReadonlyMap<string, TargetView>;
  readonly folds: ReadonlyMap<string, TargetFold>;
}

function lookAt(given: Measurement, answer: Look['answer']): Look {
  const { rules, arms, memory, nowMs } = given;
  const { series, aheadMs } = presentOf(answer.series, nowMs);
  const remembered = new Map(Object.entries(memory.rules));
  const parts = new Map(
    rules.map((rule) => {
      const bounds = remembered.get(rule.name)?.bounds ?? null;
      return [rule, partsOf(rule, { series, arms, bounds })] as const;
    }),
  );
  const counters = new Set([...parts.values()].flatMap((part) => (part.ok ? [...part.value.of.keys()] : [])));
  const concerned = new Set(
    [...counters, ...series.filter((each) => armOf(arms, each) !== null)].map(({ labels }) => targetOf(labels)),
  );
  const views = viewTargets(
    series.filter(({ labels }) => concerned.has(targetOf(labels))),
    counters,
  );
  const known = new Map(Object.entries(memory.targets));
  const context = {
    sinceMs: memory.sinceMs ?? nowMs,
    source: given.answer.source,
    sourceBefore: memory.source,
    wasAskedFor: (each: Series) =>
      memory.metrics.includes(each.metric) && armOf(memory.arms, each) !== null && !wasPassedOver(memory, each),
  };
  const folds = new Map([...views].map(([name, view]) => [name, foldTarget(known.get(name) ?? null, view, context)]));
  return { ...given, answer, series, aheadMs, remembered, parts, counters, views, folds };
}

/** A bucket that no rule counted is not remembered: its value is no increment when one begins to. */
const wasPassedOver = ({ passedOver }: CounterMemory, each: Series): boolean =>
  each.labels['le'] !== undefined && passedOver?.includes(bucketKey(each)) !== false;

function measureRule(rule: Rule, look: Look): RuleMeasured {
  const memory = look.remembered.get(rule.name) ?? emptyRuleMemory;
  const why = unknownHere(rule, look);
  if (why !== null) return { memory, reading: { kind: 'nothing', atMs: look.nowMs, ...why } };
  const { sli } = rule;
  if (sli.kind === 'alert') return { memory, reading: readAlert(rule, sli, look) };
  if (sli.kind === 'gauge' || sli.kind === 'expression') return measureLevel(rule, sli, { look, memory });
  if (sli.kind === 'volume' && sli.agoMs !== undefined) return { memory, reading: readPastVolume({ ...look, rule }) };
  const parts = look.parts.get(rule);
  if (parts?.ok !== true)
    return { memory, reading: { kind: 'nothing', atMs: look.nowMs, ...(parts?.error ?? noParts) } };
  return readCounts({ ...look, rule, memory, parts: parts.value, absent: absentOf(rule, look) });
}

const noParts: WhyNothing = { reason: 'NoSeries', message: 'the rule counts nothing' };

function measureLevel(
  rule: Rule,
  sli: LevelSli,
  { look, memory }: { readonly look: Look; readonly memory: RuleMemory },
): RuleMeasured {
  const level = { ...look, rule, sli };
  const reading = readLevel({ ...level, seen: memory.seen, absent: absentOf(rule, look) });
  return { memory: { ...memory, seen: memory.seen || isLevelSeen(level) }, reading };
}

/** Metrics that the source could not get are unknown, not absent. */
function unknownHere(rule: Rule, { answer }: Look): WhyNothing | null {
  const wanted = namesOf(rule);
  const failure = answer.failures?.find(({ metrics }) => metrics.some((metric) => wanted.includes(metric)));
  return failure === undefined ? null : { reason: 'SourceDown', message: failure.message };
}

/** As its source names them where it fails. */
function namesOf(rule: Rule): readonly string[] {
  const { sli } = rule;
  if (sli.kind === 'alert') return [alertId(rule)];
  if (sli.kind === 'expression') return [expressionId(rule, 'canary'), expressionId(rule, 'stable')];
  if (sli.kind === 'volume' && sli.agoMs !== undefined) return [totalId(rule, 'now'), totalId(rule, 'then')];
  return (isCounting(sli) ? countersOf(sli) : [sli.selector]).map(({ metric }) => metric);
}

function absentOf(rule: Rule, { series, arms, answer, aheadMs }: Look): () => WhyNothing {
  const { sli } = rule;
  const [selector] = sli.kind === 'gauge' ? [sli.selector] : countersOf(sli);
  const source = answer.source;
  if (selector !== undefined) return () => noSeries({ selector, series, arms, source, aheadMs });
  return () => ({ reason: 'NoSeries', message: `the query of ${rule.name} gives nothing for the canary (${source})` });
}

/** Counters whose absence in this answer means that they do not exist. */
function metricsKnown({ rules, parts, answer }: Look): readonly string[] {
  const unknown = new Set(answer.failures?.flatMap(({ metrics }) => metrics) ?? []);
  const sure = rules.filter((rule) => parts.get(rule)?.ok === true);
  const metrics = sure.flatMap(({ sli }) => countersOf(sli).map(({ metric }) => metric));
  return [...new Set(metrics)].filter((metric) => !unknown.has(metric));
}

function passedOver({ rules, series, counters }: Look): readonly string[] {
  const histograms = new Set(
    rules.flatMap(({ sli }) => (sli.kind === 'latency' ? [bucketsOf(sli.histogram).metric] : [])),
  );
  return [...new Set(series.filter((each) => histograms.has(each.metric) && !counters.has(each)).map(bucketKey))];
}

/** How long a target that no answer names is remembered: it may only have been away. */
const rememberMs = 3_600_000;

function targetsAfter(
  before: Readonly<Record<string, TargetMemory>>,
  folds: ReadonlyMap<string, TargetFold>,
  nowMs: number,
): Readonly<Record<string, TargetMemory>> {
  const kept = Object.entries(before).filter(([name, { atMs }]) => !folds.has(name) && nowMs - atMs <= rememberMs);
  return Object.fromEntries([...kept, ...[...folds].map(([name, { memory }]) => [name, memory] as const)]);
}
