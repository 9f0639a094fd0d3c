/** How a number is held against a limit. */

export type Comparison = '>=' | '<=' | '>' | '<' | '=';

export interface Limit {
  readonly comparison: Comparison;
  readonly limit: number;
}

const kept: Readonly<Record<Comparison, (given: number, limit: number) => boolean>> = {
  '>=': (given, limit) => given >= limit,
  '<=': (given, limit) => given <= limit,
  '>': (given, limit) => given > limit,
  '<': (given, limit) => given < limit,
  '=': (given, limit) => given === limit,
};

/** What is no number keeps none. */
export const holds = (comparison: Comparison, given: number, limit: number): boolean => kept[comparison](given, limit);
