/** Names of plain data. */
import { expect, test } from 'vitest';
import { contentHash } from '../../src/lib/content-hash.ts';

test('the order of keys does not count', () => {
  expect(contentHash({ a: 1, b: { c: [1, 2], d: null } })).toBe(contentHash({ b: { d: null, c: [1, 2] }, a: 1 }));
});

test('every value, its kind and the order of lists count', () => {
  const names = [{ a: 1 }, { a: '1' }, { a: 2 }, { b: 1 }, { a: [1, 2] }, { a: [2, 1] }, {}, [], null, [['a', 1]]];
  expect(new Set(names.map(contentHash)).size).toBe(names.length);
});

test('a name is short and plain', () => expect(contentHash({})).toMatch(/^[0-9a-f]{12}$/));
