/** One counting rule over one answer: what is new of each arm, and what both arms did up to one common time. */
import type { Rule } from '../rules/rule.ts';
import type { Parts } from './counted.ts';
import type { Increment, RuleMemory, Tally } from './counter-memory.ts';
import type { TargetFold } from './counters.ts';
import { incrementsOf } from './increments.ts';
import { type Arm, armOf } from './matching.ts';
import { type Counts, type CountsReading, noCounts, type Reading, type WhyNothing } from './reading.ts';
import type { Arms } from './series.ts';
import { targetOf } from './series-key.ts';
import { type TargetView, whyNotLive } from './target-view.ts';
import { type Alignment, align, bounded, type Coverage, sumOf, type Waiting } from './watermark.ts';

export interface CountLook {
  readonly rule: Rule;
  readonly arms: Arms;
  readonly parts: Parts;
  readonly views: ReadonlyMap<string, TargetView>;
  readonly folds: ReadonlyMap<string, TargetFold>;
  readonly memory: RuleMemory;
  readonly nowMs: number;
  /** First traffic of the release; null: none yet. */
  readonly notBeforeMs: number | null;
  /** What to say when the canary has no series. */
  readonly absent: () => WhyNothing;
}

export interface RuleMeasured {
  readonly memory: RuleMemory;
  readonly reading: Reading;
}

export const emptyRuleMemory: RuleMemory = {
  seen: false,
  owed: { canary: noCounts, stable: noCounts },
  canary: [],
  stable: [],
  alignedToMs: null,
};

export function readCounts(look: CountLook): RuleMeasured {
  const canary = lookAtArm(look, 'canary');
  const stable = lookAtArm(look, 'stable');
  const { memory, nowMs } = look;
  const owed = {
    canary: countsOf(sumOf([memory.owed.canary, ...canary.increments])),
    stable: countsOf(sumOf([memory.owed.stable, ...stable.increments])),
  };
  const waiting = waitingIn(look, canary, stable);
  const { bounds } = look.parts;
  const kept = { seen: memory.seen || look.parts.of.size > 0, ...(bounds === null ? {} : { bounds }) };
  const why = whyNothing(look, canary, stable);
  if (why !== null)
    return { memory: { ...kept, owed, ...bounded(waiting) }, reading: { kind: 'nothing', atMs: nowMs, ...why } };
  const atMs = Math.max(...[...canary.coverage, ...stable.coverage].map(({ toMs }) => toMs));
  const { waiting: left, aligned } = align(waiting, { canary: canary.coverage, stable: stable.coverage }, atMs);
  const stableCounts = look.parts.stableCounts && stable.coverage.some(({ live }) => live);
  const { note } = look.parts;
  return {
    memory: { ...emptyRuleMemory, ...kept, ...left },
    reading: {
      kind: 'counts',
      atMs,
      fresh: { canary: plausible(owed.canary), stable: stableCounts ? plausible(owed.stable) : null },
      aligned: comparedOf(look.rule, bounds, aligned),
      ...(note === null ? {} : { note }),
    },
  };
}

const countsOf = ({ events, bad }: Tally): Counts => ({ events, bad });

/** Response times wait for being compared only from when it is known at which bounds they will be. */
function waitingIn({ rule, parts, memory }: CountLook, canary: ArmLook, stable: ArmLook): Waiting {
  const { alignedToMs } = memory;
  if (rule.sli.kind === 'latency' && (parts.bounds === null || parts.chosenNow))
    return { canary: [], stable: [], alignedToMs };
  return {
    canary: [...memory.canary, ...canary.increments],
    stable: [...memory.stable, ...stable.increments],
    alignedToMs,
  };
}

/** Response times are compared at bounds of their own; of those, the first stands for the limit. */
function comparedOf(
  { sli }: Rule,
  bounds: readonly number[] | null,
  { fromMs, toMs, canary, stable }: Alignment['aligned'],
): CountsReading['aligned'] {
  if (sli.kind !== 'latency') return { fromMs, toMs, canary: plausible(canary), stable: plausible(stable) };
  const slower = (bounds ?? []).flatMap((bound, at) => {
    const [own, other] = [slowerThan(canary, at), slowerThan(stable, at)];
    if (own === null || other === null) return [];
    return [{ bound, canary: possible(own, canary.events), stable: possible(other, stable.events) }];
  });
  const [limit] = slower;
  if (limit === undefined || limit.bound !== bounds?.[0])
    return { fromMs, toMs, canary: noCounts, stable: noCounts, slower: [] };
  const at = (tally: Tally, bad: number): Counts => ({ events: tally.events, bad });
  return { fromMs, toMs, canary: at(canary, limit.canary), stable: at(stable, limit.stable), slower };
}

/** Of no requests at all, none was slow. */
const slowerThan = ({ events, slower }: Tally, at: number): number | null =>
  slower === undefined ? (events === 0 ? 0 : null) : (slower[at] ?? null);

/** A histogram read while it was written may have one request more in a bucket than in all: never less than none bad. */
const plausible = ({ events, bad }: Counts): Counts => ({ events, bad: possible(bad, events) });

const possible = (bad: number, events: number): number => Math.min(Math.max(bad, 0), events);

interface ArmLook {
  readonly increments: readonly Increment[];
  readonly coverage: readonly Coverage[];
  /** Series of the rule's total are there. */
  readonly hasTotal: boolean;
  readonly problem: 'NotFinite' | 'NoRestartEvidence' | null;
  /** Why targets that have its series do not count; one sentence each. */
  readonly dead: readonly string[];
}

function lookAtArm(look: CountLook, arm: Arm): ArmLook {
  const { parts, folds, nowMs } = look;
  const own = [...parts.of].filter(([, part]) => part.arm === arm);
  const problems = own.map(([each]) => folds.get(targetOf(each.labels))?.series.get(each)?.problem ?? null);
  const targets = targetsOf(look, arm);
  const ageing = targets.map((view) => ({ view, memory: folds.get(view.name)?.memory }));
  return {
    increments: incrementsOf(look, arm),
    coverage: ageing.flatMap(({ view, memory }): Coverage[] =>
      memory === undefined
        ? []
        : [{ fromMs: memory.fromMs, toMs: memory.atMs, live: whyNotLive(view, memory.intervalMs, nowMs) === null }],
    ),
    hasTotal: own.some(([, { worth }]) => worth.events > 0),
    problem: problems.find((each) => each !== null) ?? null,
    dead: ageing.flatMap(({ view, memory }) => {
      const why = whyNotLive(view, memory?.intervalMs ?? 0, nowMs);
      return why === null ? [] : [`${view.name} ${why}`];
    }),
  };
}

/** Targets with series of the rule in this arm, or whose `up` is the arm's: one that counted nothing yet lives, too. */
function targetsOf({ parts, views, arms }: CountLook, arm: Arm): readonly TargetView[] {
  const names = new Set([...parts.of].filter(([, part]) => part.arm === arm).map(([{ labels }]) => targetOf(labels)));
  return [...views.values()].filter(
    ({ name, added, up }) =>
      names.has(name) || (up.length > 0 && armOf(arms, { metric: 'up', labels: added, samples: up }) === arm),
  );
}

function whyNothing(look: CountLook, canary: ArmLook, stable: ArmLook): WhyNothing | null {
  const problem = canary.problem ?? stable.problem;
  if (problem !== null) return { reason: problem, message: sentences[problem](look.rule) };
  if (look.notBeforeMs === null) {
    if (stable.coverage.some(({ live }) => live)) return null;
    return { reason: 'NoTraffic', message: 'the release has had no traffic yet, and no stable target answers' };
  }
  if (!canary.hasTotal) return look.absent();
  const alive = canary.coverage.some(({ live }) => live);
  if (!alive) return { reason: 'Stale', message: `no live canary target: ${canary.dead.join('; ')}` };
  return canary.increments.length > 0 || look.memory.owed.canary.events > 0 ? null : firstSample(look);
}

/** Only a target that was not counted before makes the first sample; a known one without news has counted zero. */
function firstSample({ parts, folds }: CountLook): WhyNothing | null {
  const canary = [...parts.of].filter(([, { arm }]) => arm === 'canary');
  const baselineOnly = canary.every(([each]) => {
    const fold = folds.get(targetOf(each.labels));
    return fold !== undefined && fold.memory.fromMs === fold.memory.atMs;
  });
  if (!baselineOnly) return null;
  return { reason: 'FirstSample', message: "the canary's first sample is what the next one is compared with" };
}

const sentences: Readonly<Record<'NotFinite' | 'NoRestartEvidence', (rule: Rule) => string>> = {
  NotFinite: ({ name }) =>
    `a counter of ${name} is NaN or infinite; what it counts is not used until it is a number again`,
  NoRestartEvidence: ({ name }) =>
    `a counter of ${name} fell, and nothing says that its process restarted; the next sample will tell (export process_start_time_seconds)`,
};
