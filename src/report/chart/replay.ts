/** Judges the looks of a journal once more, as the release's judge did: what each rule showed, and how far it was from a decision. */

import { readingOf } from '../../release/journal-reading.ts';
import type { JournalSpan } from '../../release/journal-span.ts';
import type { Release } from '../../release/release.ts';
import type { Rule } from '../../rules/rule.ts';
import type { JudgeContext } from '../../verdict/context.ts';
import { judge, startRuleState } from '../../verdict/judge.ts';
import type { RuleState } from '../../verdict/rule-state.ts';
import { type JudgeSettings, withDispersion } from '../../verdict/settings.ts';
import { evidenceOf } from '../what-it-takes.ts';

export interface LookPoint {
  readonly atMs: number;
  /** Over the rule's window, in the rule's unit; null: nothing was seen, or it was convicted before. */
  readonly canary: number | null;
  readonly stable: number | null;
  readonly limit: number | null;
  /** 0: nothing speaks against the canary, 1: convicted. */
  readonly evidence: number;
  /** Canary events since the release began. */
  readonly events: number;
}

type Replayed = Pick<Release, 'dispersion' | 'judge' | 'plan' | 'startedAtMs'>;

/** Looks in which the rule was not read leave no point. */
export function replay(rule: Rule, release: Replayed, spans: readonly JournalSpan[]): readonly LookPoint[] {
  const settings = withDispersion(release.judge, release.dispersion[rule.name]);
  const points: LookPoint[] = [];
  let state = startRuleState(rule);
  for (const { context, span } of standings(release, spans)) {
    const brief = span.read[rule.name];
    if (brief === undefined) continue;
    const seen = look(rule, settings, { state, reading: readingOf(brief, context.nowMs), context });
    state = seen.state;
    points.push(seen.point);
  }
  return points;
}

function look(
  rule: Rule,
  settings: JudgeSettings,
  given: Parameters<typeof judge>[2],
): { readonly state: RuleState; readonly point: LookPoint } {
  const wasConvicted = given.state.convicted !== null;
  const { state, verdict } = judge(rule, settings, given);
  const point = {
    atMs: given.context.nowMs,
    canary: wasConvicted ? null : verdict.canary,
    stable: wasConvicted ? null : verdict.stable,
    limit: Number.isFinite(verdict.limit) ? verdict.limit : null,
    evidence: evidenceOf(rule, verdict),
    events: state.canary.events,
  };
  return { state, point };
}

interface Standing {
  readonly span: JournalSpan;
  readonly context: JudgeContext;
}

/** Where the release stood at each look, as far as its weights tell. Stable is taken to be well while it has no traffic. */
function standings({ plan, startedAtMs }: Replayed, spans: readonly JournalSpan[]): readonly Standing[] {
  let [weight, weightSinceMs, step]: [number, number, number | null] = [0, startedAtMs, null];
  let raisedAtMs: number | null = null;
  return spans.map((span) => {
    const nowMs = startedAtMs + span.toMs;
    const now = span.weight ?? weight;
    if (now !== weight) {
      if (now > weight) raisedAtMs = nowMs;
      const at = plan.steps.findIndex((each, index) => each.weight === now && index >= (step ?? 0));
      [weight, weightSinceMs, step] = [now, nowMs, now === 0 || at < 0 ? null : at];
    }
    const split = weight > 0 && weight < 100;
    const moved = { step, weight, split, weightSinceMs, raisedAtMs };
    return { span, context: { ...moved, nowMs, bakeEnded: false, stableProbes: 'pass' } };
  });
}
