/** One counting rule over one answer: what is new of each arm, and what both arms did up to one common time. */
import type { Rule } from '../rules/rule.ts';
import type { Parts, WhyNothing } from './counted.ts';
import type { Increment, RuleMemory } from './counter-memory.ts';
import type { TargetFold } from './counters.ts';
import { type Arm, armOf } from './matching.ts';
import { type Counts, noCounts, type Reading } from './reading.ts';
import type { Arms } from './series.ts';
import { targetOf } from './series-key.ts';
import { type TargetView, whyNotLive } from './target-view.ts';
import { align, bounded, type Coverage, sumOf } from './watermark.ts';

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
    canary: sumOf([memory.owed.canary, ...canary.increments]),
    stable: sumOf([memory.owed.stable, ...stable.increments]),
  };
  const waiting = {
    canary: [...memory.canary, ...canary.increments],
    stable: [...memory.stable, ...stable.increments],
    alignedToMs: memory.alignedToMs,
  };
  const seen = memory.seen || look.parts.size > 0;
  const why = whyNothing(look, canary, stable);
  if (why !== null)
    return { memory: { seen, owed, ...bounded(waiting) }, reading: { kind: 'nothing', atMs: nowMs, ...why } };
  const atMs = Math.max(...[...canary.coverage, ...stable.coverage].map(({ toMs }) => toMs));
  const { waiting: left, aligned } = align(waiting, { canary: canary.coverage, stable: stable.coverage }, atMs);
  const stableLives = stable.coverage.some(({ live }) => live);
  return {
    memory: { ...emptyRuleMemory, seen, ...left },
    reading: {
      kind: 'counts',
      atMs,
      fresh: { canary: plausible(owed.canary), stable: stableLives ? plausible(owed.stable) : null },
      aligned: { ...aligned, canary: plausible(aligned.canary), stable: plausible(aligned.stable) },
    },
  };
}

/** A histogram read while it was written may have one request more in a bucket than in all: never less than none bad. */
const plausible = ({ events, bad }: Counts): Counts => ({ events, bad: Math.min(Math.max(bad, 0), events) });

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
  const own = [...parts].filter(([, part]) => part.arm === arm);
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
  const names = new Set([...parts].filter(([, part]) => part.arm === arm).map(([{ labels }]) => targetOf(labels)));
  return [...views.values()].filter(
    ({ name, added, up }) =>
      names.has(name) || (up.length > 0 && armOf(arms, { metric: 'up', labels: added, samples: up }) === arm),
  );
}

/** Increments of all its series, summed by target and time: what is bad and what is all come from the same scrape. */
function incrementsOf({ parts, folds, notBeforeMs }: CountLook, arm: Arm): readonly Increment[] {
  const beginsMs = arm === 'stable' ? Number.NEGATIVE_INFINITY : (notBeforeMs ?? Number.POSITIVE_INFINITY);
  const sums = new Map<string, Increment>();
  for (const [each, part] of parts) {
    if (part.arm !== arm) continue;
    const target = targetOf(each.labels);
    for (const { fromMs, toMs, amount } of folds.get(target)?.series.get(each)?.increments ?? []) {
      if (toMs <= beginsMs) continue;
      const key = `${toMs} ${target}`;
      const sum = sums.get(key) ?? { target, fromMs, toMs, ...noCounts };
      const events = sum.events + amount * part.worth.events;
      const bad = sum.bad + amount * part.worth.bad;
      sums.set(key, { ...sum, fromMs: Math.max(sum.fromMs, fromMs), events, bad });
    }
  }
  return [...sums.values()];
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
  const canary = [...parts].filter(([, { arm }]) => arm === 'canary');
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
