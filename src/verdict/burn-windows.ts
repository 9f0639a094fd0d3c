/** What the pairs of a burn-rate rule look back over: a few slots for each length, however much is counted. */
import type { Rule } from '../rules/rule.ts';
import { addToWindow, emptyWindow, type Increment, type Window } from './window.ts';

/** One window for each length that the pairs name. */
export const burnWindows = ({ burnRate }: Rule): readonly Window[] =>
  [...new Set(burnRate.flatMap(({ longMs, shortMs }) => [longMs, shortMs]))].map(emptyWindow);

export const addToBurn = (burn: readonly Window[], increment: Increment): readonly Window[] =>
  burn.length === 0 ? burn : burn.map((window) => addToWindow(window, increment));
