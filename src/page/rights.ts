/** Whether whoever looks at the page may press its buttons, and why not. The server has the last word. */
import type { Me } from './state.ts';

/** Null: they may, or it is not known yet. */
export const mayNot = (me: Me | null): string | null =>
  me === null || me.rights.includes('act') ? null : (me.why ?? 'you may read here, not act');

/** `by`: whose order counts; none: anybody's who may give orders. */
export const notAmong = (me: Me | null, by: readonly string[]): string | null =>
  me === null ||
  by.length === 0 ||
  by.includes(me.who) ||
  (me.groups ?? []).some((group) => by.includes(`group:${group}`))
    ? null
    : `it counts from ${by.join(' or ')}, and you are ${me.who}`;
