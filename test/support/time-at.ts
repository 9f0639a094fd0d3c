/** How long users had a weight, without the times in which nobody looked. */
import type { WeightSpan } from './proxy-log.ts';

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

export const timeAt = (canary: number, spans: readonly WeightSpan[], unwatched: readonly Span[] = []): number =>
  spans
    .filter((span) => span.canary === canary)
    .reduce((sum, span) => sum + lengthOf(span) - unwatched.reduce((lost, each) => lost + common(span, each), 0), 0);

const lengthOf = ({ fromMs, toMs }: Span): number => Math.max(0, toMs - fromMs);

const common = (a: Span, b: Span): number =>
  lengthOf({ fromMs: Math.max(a.fromMs, b.fromMs), toMs: Math.min(a.toMs, b.toMs) });
