/** One rollout as all judges of the benchmark see it: 55 minutes at 25 %, what each arm served and failed in every 5 s. */
import { type Counts, noCounts } from '../../../src/metrics/reading.ts';
import { geometric, poisson, type Random } from '../../simulate/random.ts';

export interface Slot {
  readonly canary: Counts;
  readonly stable: Counts;
}

export type Course = readonly Slot[];

export const slotSeconds = 5;
export const courseMinutes = 55;
export const canaryWeight = 25;
const slots = (courseMinutes * 60) / slotSeconds;

export interface Service {
  /** Requests a second, both arms together. */
  readonly total: number;
  /** True error rates. */
  readonly canary: number;
  readonly stable: number;
  /** Mean size of a burst of errors, and how long one lasts; none: they come alone. */
  readonly bursts?: { readonly size: number; readonly seconds: number };
  /** Both arms fail alike for a while. */
  readonly outage?: { readonly atMinute: number; readonly seconds: number; readonly errorRate: number };
}

export const draw = (random: Random, service: Service): Course => {
  const share = canaryWeight / 100;
  const canary = drawArm(random, service, { perSecond: service.total * share, errorRate: service.canary });
  const stable = drawArm(random, service, { perSecond: service.total * (1 - share), errorRate: service.stable });
  return canary.map((counts, i) => ({ canary: counts, stable: stable[i] as Counts }));
};

interface Arm {
  readonly perSecond: number;
  readonly errorRate: number;
}

const drawArm = (random: Random, { bursts, outage }: Service, { perSecond, errorRate }: Arm): readonly Counts[] => {
  const mean = perSecond * slotSeconds;
  const bad = bursts === undefined ? null : inBursts(random, mean * errorRate, bursts);
  return Array.from({ length: slots }, (_, i) => {
    const seconds = i * slotSeconds - (outage?.atMinute ?? 0) * 60;
    const isOut = outage !== undefined && seconds >= 0 && seconds < outage.seconds;
    const rate = isOut ? outage.errorRate : errorRate;
    const failed = isOut || bad === null ? poisson(random, mean * rate) : (bad[i] as number);
    return { events: poisson(random, mean * (1 - rate)) + failed, bad: failed };
  });
};

/** Each burst is of geometric size, and its errors fall anywhere in its time. */
const inBursts = (
  random: Random,
  mean: number,
  { size, seconds }: NonNullable<Service['bursts']>,
): readonly number[] => {
  const bad = Array.from({ length: slots }, () => 0);
  const lasts = seconds / slotSeconds;
  for (let begins = -lasts; begins < slots; begins++) {
    let errors = 0;
    for (let left = poisson(random, mean / size); left > 0; left--) errors += geometric(random, size);
    for (; errors > 0; errors--) {
      const slot = begins + Math.floor(random.next() * lasts);
      if (slot >= 0 && slot < slots) bad[slot] = (bad[slot] as number) + 1;
    }
  }
  return bad;
};

/** What the arms did from slot `from` to before slot `to`. */
export const sumOf = (course: Course, arm: keyof Slot, [from, to]: readonly [from: number, to: number]): Counts => {
  let { events, bad } = noCounts;
  for (let i = Math.max(0, from); i < to; i++) {
    events += (course[i] as Slot)[arm].events;
    bad += (course[i] as Slot)[arm].bad;
  }
  return { events, bad };
};

export const slotsIn = (seconds: number): number => seconds / slotSeconds;
export const minutesAt = (slot: number): number => (slot * slotSeconds) / 60;
