/** Where the weights stand in an object that splits traffic, and what must still stand there when they are written. */
import type { Backend } from '../deck.ts';

export interface Weight {
  /** JSON pointer of the number. */
  readonly pointer: string;
  readonly weight: number;
}

/** A part of the object as it was read; the write is for this and for nothing that took its place. */
export interface Expected {
  readonly pointer: string;
  readonly value: unknown;
}

/** One list of backends: a route of a VirtualService, a rule of an HTTPRoute. */
export interface Split {
  readonly weights: Readonly<Record<Backend, Weight>>;
  /** Names of the route and of its backends. */
  readonly expected: readonly Expected[];
}

/** Percent for the canary, rounded up; several splits of one object count as the one that gives most. */
export const percentOf = (splits: readonly Split[]): number => Math.max(...splits.map(percent));

function percent({ weights: { canary, stable } }: Split): number {
  const all = canary.weight + stable.weight;
  return all === 0 ? 0 : Math.ceil((100 * canary.weight) / all);
}

/** A pointer below another: names hold slashes. */
export const below = (pointer: string, ...steps: readonly (string | number)[]): string =>
  [pointer, ...steps.map((step) => String(step).replaceAll('~', '~0').replaceAll('/', '~1'))].join('/');
