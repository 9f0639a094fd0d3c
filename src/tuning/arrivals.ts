/** How many requests arrive, fail and are slow: at random from a seed, or exactly what the rates say. */
import { poisson, seeded } from './random.ts';
import type { RequestsFare } from './scenario.ts';

export interface Arrived {
  readonly events: number;
  readonly errors: number;
  readonly slow: number;
}

export interface Arrivals {
  /** `of`: whose requests they are; `mean`: so many are due. Those that are lost are not counted. */
  draw(of: string, mean: number, fare: RequestsFare): Arrived;
}

/** null: no chance in it; what is less than a whole request waits for the next time. */
export const arrivals = (seed: number | null): Arrivals => (seed === null ? exact() : drawn(seed));

function drawn(seed: number): Arrivals {
  const random = seeded(seed);
  const some = (mean: number): number => (mean > 0 ? poisson(random, mean) : 0);
  return {
    draw: (_, mean, { errors, lost, slow }) => {
      const reached = mean * (1 - lost);
      const bad = some(reached * errors);
      const events = bad + some(reached * (1 - errors));
      return { events, errors: bad, slow: Math.min(events, some(reached * slow)) };
    },
  };
}

/** A rate of 0.375 a look is one at every third or second look. */
function exact(): Arrivals {
  const left = new Map<string, number>();
  const whole = (stream: string, mean: number): number => {
    const due = (left.get(stream) ?? 0) + mean;
    const now = Math.floor(due + 1e-9);
    left.set(stream, due - now);
    return now;
  };
  return {
    draw: (of, mean, { errors, lost, slow }) => {
      const reached = mean * (1 - lost);
      const events = whole(`${of} all`, reached);
      const some = (what: string, share: number): number => Math.min(events, whole(`${of} ${what}`, reached * share));
      return { events, errors: some('failed', errors), slow: some('slow', slow) };
    },
  };
}
