/** What a rule read after a promotion, a point for each stretch of time: what was counted in it, or the mean of its levels. */
import type { Brief, JournalSpan } from '../../release/journal-span.ts';
import type { Rule } from '../../rules/rule.ts';
import type { TimedValue } from './rise.ts';

/** Only what is worse the higher it is; a share of the traffic and an alert say nothing by their height. */
export const hasTrend = ({ sli, threshold }: Rule): boolean =>
  threshold.kind !== 'drop-from-baseline' && sli.kind !== 'alert' && sli.kind !== 'volume';

/** In the unit of the rule's values; for response times the share that is slower. */
export const trendLimit = ({ sli, threshold }: Rule): number =>
  sli.kind === 'latency' ? 1 - sli.quantile : threshold.kind === 'seconds-above' ? threshold.seconds : threshold.ratio;

interface Within {
  readonly startedAtMs: number;
  readonly fromMs: number;
  readonly everyMs: number;
}

/** Stretches in which nothing was counted leave no point. */
export function trendPoints(
  rule: Rule,
  spans: readonly JournalSpan[],
  { everyMs, fromMs, startedAtMs }: Within,
): readonly TimedValue[] {
  const stretches = new Map<number, { atMs: number; sum: number; weight: number }>();
  for (const { looks, read, toMs } of spans) {
    const atMs = startedAtMs + toMs;
    const found = atMs > fromMs ? worthOf(read[rule.name], looks) : null;
    if (found === null) continue;
    const at = Math.floor((atMs - fromMs) / everyMs);
    const before = stretches.get(at) ?? { atMs, sum: 0, weight: 0 };
    stretches.set(at, { atMs, sum: before.sum + found.sum, weight: before.weight + found.weight });
  }
  return [...stretches.values()].flatMap(({ atMs, sum, weight }) =>
    weight === 0 ? [] : [{ atMs, value: sum / weight }],
  );
}

function worthOf(brief: Brief | undefined, looks: number): { readonly sum: number; readonly weight: number } | null {
  if (brief === undefined) return null;
  if ('t' in brief) return { sum: brief.canary[1], weight: brief.canary[0] ?? 0 };
  return 'level' in brief ? { sum: looks * brief.level[0], weight: looks } : null;
}
