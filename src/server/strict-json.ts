/** JSON from strangers: refused when it nests deeply or names a key that could reach a prototype. */
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Result } from '../lib/result.ts';

const maxDepth = 32;

const poisonous = new Set(['__proto__', 'constructor', 'prototype']);

export const parseStrictJson = (text: string): Result<unknown> => {
  if (depthOf(text) > maxDepth) return refused(`it nests deeper than ${maxDepth} levels`);
  const found: string[] = [];
  try {
    const value: unknown = JSON.parse(text, (key, item: unknown) => {
      if (poisonous.has(key)) found.push(key);
      return item;
    });
    return found[0] === undefined ? ok(value) : refused(`it has a key "${found[0]}"`);
  } catch (error) {
    return refused(messageOf(error));
  }
};

const refused = (why: string): Result<never> =>
  failed({ reason: 'Invalid', message: `the body is not accepted: ${why}`, retryable: false });

/** Deepest nesting of brackets outside of strings, counted without recursion. */
const depthOf = (text: string): number => {
  let [depth, deepest, inString] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === '"') inString = !inString;
    else if (inString) at += sign === '\\' ? 1 : 0;
    else if (sign === '{' || sign === '[') deepest = Math.max(deepest, ++depth);
    else if (sign === '}' || sign === ']') depth -= 1;
  }
  return deepest;
};
