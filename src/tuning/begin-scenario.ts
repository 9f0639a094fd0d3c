/** The release of a scenario as it begins, and when the scenario has shown all that is asked for. */
import { unjudgeable } from '../gate/judgeability.ts';
import { begin } from '../release/begin.ts';
import type { Release } from '../release/release.ts';
import { startMs } from './run.ts';
import type { Scenario } from './scenario.ts';
import { canaryName, stableName } from './virtual-world.ts';

export function begun(scenario: Scenario): Release {
  const { compression, judge, metrics, mode, plan, replicas, rules } = scenario;
  const state = {
    policy: 'scenario',
    stable: stableName,
    previous: null,
    frozen: [],
    attested: [],
    revisions: {},
    version: 1,
  };
  const spec = { kind: 'command', command: ['serve'], env: {}, cwd: null, healthPath: null, replicas } as const;
  const release = begin({
    ...{ id: scenario.name, state, revision: canaryName, spec, plan, rules, judge, mode },
    noCritical: 'accepted',
    compression,
    ...(metrics.kind === 'recording' ? { known: { dispersion: metrics.recorded.dispersion, notes: [] } } : {}),
    unjudgeable: tooLittle(scenario),
    startedBy: scenario.file,
    nowMs: startMs,
  });
  if (!release.ok) throw new Error(`scenario ${scenario.name} can't begin: ${release.error.message}`);
  return release.value.release;
}

/** As a real start finds out by the traffic of then. */
function tooLittle({ judge, metrics, plan, rules }: Scenario): Release['unjudgeable'] {
  if (metrics.kind === 'recording') return metrics.recorded.unjudgeable;
  if (metrics.kind !== 'traffic') return [];
  const { perSecond, routes, stable } = metrics.traffic;
  const settings = { ...judge, rules: rules.rules.length };
  const ofRoute = Object.entries(routes).map(([name, route]) => {
    const stableRatio = route.stable?.errors ?? stable.errors;
    return [name, { perSecond: perSecond * route.share, stableRatio }] as const;
  });
  const traffic = { perSecond, stableRatio: stable.errors, ofRoute: Object.fromEntries(ofRoute) };
  return unjudgeable({ rules, judge: settings, plan, traffic });
}

export const lastOf = (when: Scenario['expected'][number]['when']): number =>
  when.kind === 'at' ? when.atMs : when.kind === 'by' ? when.byMs : when.toMs;

/** All that is asked for has been seen by then. */
export function endOf({ events, expected, outcome, plan, untilMs }: Scenario, metricsEndMs: number | null): number {
  if (untilMs !== null) return untilMs;
  const needed = Math.max(0, ...events.map(({ atMs }) => atMs), ...expected.map(({ when }) => lastOf(when)));
  if (outcome === null && metricsEndMs === null) return needed;
  if (metricsEndMs !== null) return Math.max(needed, metricsEndMs);
  return Math.max(needed, plan.maxDurationMs) + (outcome?.is === 'succeeded' ? plan.watchMs + plan.drainMs : 0);
}
