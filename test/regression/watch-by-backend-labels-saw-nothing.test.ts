/** With labels by `$backend` the watch saw no request of the new revision: after its promotion they came through stable's backend. */
import { expect, it } from 'vitest';
import { armsOf } from '../../src/reconcile/arms.ts';
import { aRevision, aWorkload } from '../support/a-world.ts';

const revisions = { canary: 'v2', stable: 'v1' };
const both = [aRevision('v1', 1), aRevision('v2', 1)];

const armsWhile = (serving: { readonly stable: string; readonly canary: string | null }) => {
  const { canary, stable } = armsOf({ cluster: 'app-$backend' }, aWorkload({ revisions: both, serving }), revisions);
  return { canary, stable };
};

it('follows a revision to the backend that it has become', () => {
  expect(armsWhile({ stable: 'v1', canary: 'v2' })).toEqual({
    canary: { cluster: ['app-canary'] },
    stable: { cluster: ['app-stable'] },
  });
  expect(armsWhile({ stable: 'v2', canary: null })).toEqual({
    canary: { cluster: ['app-stable'] },
    stable: { cluster: [] },
  });
});
