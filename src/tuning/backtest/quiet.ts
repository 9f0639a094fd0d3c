/** Quiet time, in which nothing was released and nothing was wrong, cut into virtual releases of the plan's length. */
import type { Span } from '../../metrics/history.ts';
import type { Plan } from '../../release/plan.ts';
import type { Segment } from './brief.ts';
import type { Stretch } from './found-release.ts';

/** What is left of a span without others; in order. */
export function without(span: Span, others: readonly Span[]): readonly Span[] {
  const left: Span[] = [];
  let fromMs = span.fromMs;
  for (const other of others.toSorted((a, b) => a.fromMs - b.fromMs)) {
    if (other.toMs <= fromMs) continue;
    if (other.fromMs >= span.toMs) break;
    if (other.fromMs > fromMs) left.push({ fromMs, toMs: other.fromMs });
    fromMs = Math.max(fromMs, other.toMs);
  }
  if (fromMs < span.toMs) left.push({ fromMs, toMs: span.toMs });
  return left;
}

/** Before its first traffic a release looks at the counters for so long. */
export const leadMs = 120_000;

const planLengthMs = ({ steps }: Plan): number => steps.reduce((sum, { bakeMs }) => sum + bakeMs, 0);

/** After its promotion a release can still be taken back for so long. */
export const watchedMs = ({ steps, watchMs }: Plan): number => (steps.at(-1)?.bakeMs ?? 0) + watchMs;

export function virtualReleases(spans: readonly Span[], plan: Plan): readonly Segment[] {
  const lengthMs = leadMs + planLengthMs(plan);
  return spans
    .flatMap(({ fromMs, toMs }) => {
      const count = Math.floor((toMs - fromMs) / lengthMs);
      return Array.from({ length: count }, (_, at) => fromMs + at * lengthMs);
    })
    .map((fromMs, at) => virtualRelease(fromMs, { plan, seed: at + 1 }));
}

function virtualRelease(fromMs: number, { plan, seed }: { readonly plan: Plan; readonly seed: number }): Segment {
  const startMs = fromMs + leadMs;
  let atMs = startMs;
  const weights = plan.steps.map(({ weight, bakeMs }): Stretch => {
    const stretch: Stretch = { fromMs: atMs, percent: weight, told: 'seen' };
    atMs += bakeMs;
    return stretch;
  });
  return { fromMs, toMs: atMs, startMs, weights, seed };
}
