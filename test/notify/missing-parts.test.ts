/** Who stays away is paged once, by name, and resolved when it is back; a restart is nobody's business. */
import { expect, test } from 'vitest';
import { MissingParts } from '../../src/notify/missing-parts.ts';

const part = (name: string) => ({ name, message: `haproxy at ${name}: nobody listens there` });

test('a process of the data plane that stays away is paged once, and resolved when it answers', () => {
  const parts = new MissingParts();
  const look = (names: readonly string[], atMs: number) =>
    parts.looked({ policy: 'app', missing: names.map(part), atMs }, atMs);
  expect(look(['a'], 0)).toEqual([]);
  expect(look(['a', 'b'], 9_999)).toEqual([]);
  const paged = look(['a', 'b'], 10_000);
  expect(paged).toMatchObject([
    { urgency: 'page', reason: 'RouterMissing', dedupKey: 'sluice/router/app/a', policy: 'app', releases: [] },
  ]);
  expect(paged[0]?.text).toContain('haproxy at a: nobody listens there; for 10 s now');
  expect(look(['a', 'b'], 15_000)).toEqual([]);
  expect(look(['b'], 16_000)).toMatchObject([{ urgency: 'resolve', dedupKey: 'sluice/router/app/a' }]);
  expect(look(['b'], 20_000)).toMatchObject([{ urgency: 'page', dedupKey: 'sluice/router/app/b' }]);
});

test('one that was away for a restart is told to nobody, and those of other policies are others', () => {
  const parts = new MissingParts();
  parts.looked({ policy: 'app', missing: [part('a')], atMs: 0 }, 0);
  expect(parts.looked({ policy: 'shop', missing: [], atMs: 1 }, 1)).toEqual([]);
  expect(parts.looked({ policy: 'app', missing: [], atMs: 9_000 }, 9_000)).toEqual([]);
  expect(parts.looked({ policy: 'app', missing: [part('a')], atMs: 12_000 }, 12_000)).toEqual([]);
});
