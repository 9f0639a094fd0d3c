/** Reading a long history holds nobody up: logs come in lots, and others have their turn between them. */
import { expect, it } from 'vitest';
import { ok } from '../../src/lib/result.ts';
import { noLooks } from '../../src/release/journal.ts';
import { PastReleases } from '../../src/server/past-releases.ts';
import { value } from '../contract/store.ts';
import { rolledBackRelease } from '../support/sample-release.ts';

it('reads some logs side by side, and lets others have their turn between them', async () => {
  const releases = Array.from({ length: 23 }, (_each, at) => ({ ...rolledBackRelease(), id: `app-${at}` }));
  let underWay = 0;
  let mostUnderWay = 0;
  let turns = 0;
  const turn = (): void => {
    turns += 1;
    waiting = setImmediate(turn);
  };
  let waiting = setImmediate(turn);
  const controls = {
    policy: async () => ok(null),
    releases: async () => ok(releases),
    log: async () => {
      mostUnderWay = Math.max(mostUnderWay, ++underWay);
      await Promise.resolve();
      underWay -= 1;
      return ok([]);
    },
    journal: async () => ok(noLooks),
  };
  const past = value(await new PastReleases().read(controls, { policy: 'app', limit: 1_000, nowMs: 0 }));
  clearImmediate(waiting);
  expect(past.map(({ id }) => id)).toEqual(releases.map(({ id }) => id));
  expect(mostUnderWay).toBe(5);
  expect(turns).toBeGreaterThanOrEqual(4);
});
