/** How often the literal rule ("the window exceeds the limit: roll back") would take back a healthy release: simulated, seeded. */
import type { Traffic } from '../../verdict/planning.ts';
import { poisson, seeded } from '../random.ts';

export interface LiteralRule {
  readonly p0: number;
  readonly windowMs: number;
  readonly steps: readonly { readonly weight: number; readonly bakeMs: number }[];
  readonly traffic: Traffic;
}

/** Enough for two digits. */
const literalRuns = 1_000;

const tickMs = 15_000;

/** From 0 to 1. */
export function literalChance(rule: LiteralRule): number {
  const random = seeded(20_240_601);
  const means = rule.steps.flatMap(({ weight, bakeMs }) =>
    Array.from({ length: Math.ceil(bakeMs / tickMs) }, () => (rule.traffic.perSecond * weight * tickMs) / 100_000),
  );
  const slots = Math.max(1, Math.round(rule.windowMs / tickMs));
  const fires = (): boolean => {
    let [events, bad] = [0, 0];
    const badOf: number[] = [];
    return means.some((mean, tick) => {
      const failed = poisson(random, mean * rule.traffic.stableRatio);
      badOf.push(failed);
      events += mean - (means[tick - slots] ?? 0);
      bad += failed - (badOf[tick - slots] ?? 0);
      return bad > rule.p0 * events;
    });
  };
  let fired = 0;
  for (let run = 0; run < literalRuns; run++) if (fires()) fired += 1;
  return fired / literalRuns;
}
