/** What became of the users' requests, as the data plane counts them; where it does not, as the first rule that judges their failures does. */
import type { Measured } from '../metrics/measure.ts';
import type { CountsReading } from '../metrics/reading.ts';
import type { Release } from '../release/release.ts';
import { countTraffic, type TrafficLook } from '../release/traffic-book.ts';
import type { RouteState } from '../router/router.ts';

interface Seen {
  readonly nowMs: number;
  /** When the route was asked for; left out: now. */
  readonly askedMs?: number | undefined;
  readonly route: RouteState | null;
  readonly readings: Measured['readings'] | null;
}

export function withTraffic(release: Release, seen: Seen): Release {
  const look = byRouter(seen) ?? byRule(release, seen);
  if (look === null) return release;
  const traffic = countTraffic(release.traffic, look);
  return traffic === release.traffic ? release : { ...release, traffic };
}

function byRouter({ askedMs, nowMs, route }: Seen): TrafficLook | null {
  const answered = route?.answered;
  return answered === undefined
    ? null
    : { by: 'router', kind: 'counters', answered, askedMs: Math.min(askedMs ?? nowMs, nowMs), atMs: nowMs };
}

function byRule({ rules, traffic }: Release, { readings }: Seen): TrafficLook | null {
  if (readings === null || traffic?.by === 'router') return null;
  const rule = rules.rules.find(({ route, sli }) => sli.kind === 'ratio' && route === null);
  const reading = rule === undefined ? undefined : readings[rule.name];
  if (rule === undefined || reading?.kind !== 'counts') return null;
  const { atMs } = reading;
  return { by: rule.name, kind: 'new', answered: answeredIn(reading), askedMs: atMs, atMs };
}

const answeredIn = ({ fresh: { canary, stable } }: CountsReading): TrafficLook['answered'] => {
  const [events, failed] = [canary.events + (stable?.events ?? 0), canary.bad + (stable?.bad ?? 0)];
  return { ok: Math.max(0, events - failed), failed };
};
