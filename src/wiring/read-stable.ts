/** Asks the metrics about whatever is stable now, in the canary's place and with nobody beside it: the only way to look at it once nothing is released. */
import { setTimeout as sleep } from 'node:timers/promises';
import { readRequest } from '../metrics/measure.ts';
import type { Answer, ReadRequest } from '../metrics/metric-source.ts';
import type { Arms } from '../metrics/series.ts';
import { armsOf } from '../reconcile/arms.ts';
import type { Ports } from '../reconcile/ports.ts';
import type { Rule } from '../rules/rule.ts';

export type AroundStable = Pick<Ports, 'clock' | 'labels' | 'own' | 'source' | 'workload'>;

export type StableRead =
  | { readonly kind: 'read'; readonly answer: Answer; readonly arms: Arms }
  /** Another revision is stable. */
  | { readonly kind: 'other'; readonly stable: string }
  | { readonly kind: 'unseen' };

const readingWithinMs = 15_000;

/** A source that does not answer in its time has failed to. */
export async function readStable(around: AroundStable, revision: string, rules: readonly Rule[]): Promise<StableRead> {
  const { labels, own = [], source, workload } = around;
  const seen = await workload.observe();
  if (!seen.ok) return { kind: 'unseen' };
  const { stable } = seen.value.serving;
  if (stable !== null && stable !== revision) return { kind: 'other', stable };
  // Where it is not known who serves, it is the one that is asked about.
  const served = { ...seen.value, serving: { ...seen.value.serving, stable: revision } };
  const arms = armsOf(labels, served, { canary: revision, stable: null, own });
  const request = readRequest(rules, arms, Math.max(10_000, 4 * source.intervalMs));
  return { kind: 'read', answer: await inTime(around, request), arms };
}

async function inTime({ clock, source }: AroundStable, request: ReadRequest): Promise<Answer> {
  const withinMs = Math.max(readingWithinMs, 2 * source.intervalMs);
  const answer = await Promise.race([source.read(request), sleep(withinMs, null, { ref: false })]);
  const message = `${source.name} did not answer within ${withinMs / 1_000} s`;
  return answer ?? { kind: 'failed', source: source.name, receivedAtMs: clock.wallMs(), reason: 'Timeout', message };
}
