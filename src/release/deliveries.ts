/** Delivery log in memory: of each policy the newest, in the order in which they were last tried. */
import type { Delivery, DeliveryFilter, DeliveryLog, Handles } from './delivery-log.ts';

/** Deliveries of a policy that are kept. */
export const mostDeliveries = 500;

const mostText = 300;

/** What a controller that ended was still trying is tried by nobody: pages are handed over anew by the next one. */
const givenUp = (delivery: Delivery): Delivery =>
  delivery.outcome === 'trying'
    ? { ...delivery, outcome: 'dropped', why: `the controller ended; ${delivery.why}` }
    : delivery;

export class Deliveries implements DeliveryLog {
  /** By policy, then by target and notice. */
  readonly #kept = new Map<string, Map<string, Delivery>>();

  /** `before`: of earlier controllers, oldest first. */
  constructor(before: readonly Delivery[] = []) {
    for (const delivery of before) this.#put(givenUp(delivery));
  }

  note(delivery: Delivery): void {
    const { title, why } = delivery;
    const clipped = { ...delivery, title: title.slice(0, mostText), why: why.slice(0, mostText) };
    this.#put(clipped);
    this.changed(clipped);
  }

  list({ limit, policy, release }: DeliveryFilter): readonly Delivery[] {
    const policies = policy === undefined ? [...this.#kept.keys()] : [policy];
    return policies
      .flatMap((name) => this.of(name))
      .filter(({ releases }) => release === undefined || releases.includes(release))
      .toSorted((a, b) => b.atMs - a.atMs || b.triedAtMs - a.triedAtMs)
      .slice(0, limit);
  }

  find({ notice, policy, target }: Pick<Delivery, 'notice' | 'policy' | 'target'>): Delivery | null {
    return this.#kept.get(policy)?.get(keyOf(target, notice)) ?? null;
  }

  handles({ about, policy, target }: Pick<Delivery, 'about' | 'policy' | 'target'>): Handles | null {
    return this.of(policy).findLast((each) => each.target === target && each.about === about)?.handles ?? null;
  }

  /** Of one policy, those that were tried last at the end. */
  of(policy: string): readonly Delivery[] {
    return [...(this.#kept.get(policy)?.values() ?? [])];
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Hears of each that is noted, clipped as it is kept. */
  protected changed(_delivery: Delivery): void {}

  #put(delivery: Delivery): void {
    const kept = this.#kept.get(delivery.policy) ?? new Map<string, Delivery>();
    this.#kept.set(delivery.policy, kept);
    const key = keyOf(delivery.target, delivery.notice);
    kept.delete(key);
    kept.set(key, delivery);
    const [oldest] = kept.keys();
    if (kept.size > mostDeliveries && oldest !== undefined) kept.delete(oldest);
  }
}

const keyOf = (target: string, notice: string): string => JSON.stringify([target, notice]);
