/** Orders of restores in a cluster: what was interrupted goes on, and nothing that people have done with is carried out again. */
import { expect, it } from 'vitest';
import { value } from '../contract/store.ts';
import { Refused } from '../support/kube-objects.ts';
import { at, backedUp } from '../support/kubernetes-backups.ts';

const all = { to: null, overwrite: ['all'] };

/** `taken` once, changed by a release, and a restore of it got stuck at the Secret. */
async function stuck() {
  const scene = await backedUp();
  const { objects, snapshots, taken, changed } = scene;
  const point = await taken();
  changed();
  objects.before = ({ path }) => {
    if (path === at.secret) throw new Refused(403, 'Forbidden', 'no');
  };
  expect(await snapshots.restore(all)).toMatchObject({
    error: { reason: 'RestoreStuck', message: expect.stringContaining('`sluice backup` calls it off') },
  });
  objects.before = () => undefined;
  expect(value(await snapshots.interrupted())).toEqual({ to: point.id, overwrite: ['all'] });
  return { ...scene, point };
}

it('a restore that got stuck is called off by the next point: nothing of it is written over what came after', async () => {
  const { snapshots, taken } = await stuck();
  await taken(2_000);
  expect(value(await snapshots.interrupted())).toBeNull();
});

it('a restore that got stuck is called off by a restore to another point', async () => {
  const { objects, snapshots, changed, taken } = await backedUp();
  const other = await taken();
  const point = await taken(2_000);
  changed();
  objects.before = ({ path }) => {
    if (path === at.secret) throw new Refused(403, 'Forbidden', 'no');
  };
  expect(await snapshots.restore(all)).toMatchObject({ error: { reason: 'RestoreStuck' } });
  expect(value(await snapshots.interrupted())).toMatchObject({ to: point.id });
  objects.before = () => undefined;
  value(await snapshots.restore({ to: other.id, overwrite: ['all'] }));
  expect(value(await snapshots.interrupted())).toBeNull();
});

it('a restore that met a change of somebody else is over, and says so where its end could not be noted', async () => {
  const { objects, snapshots, taken, changed } = await backedUp();
  const { id } = await taken();
  let [isChanged, isDown] = [false, false];
  objects.before = ({ body, path }) => {
    if (path === at.config && !isChanged) {
      isChanged = true;
      objects.put(at.flags, { metadata: {}, data: { fast: 'meanwhile' } });
    }
    if (isDown && body.includes('"restore":null')) throw new Refused(403, 'Forbidden', 'no');
  };
  changed();
  expect(await snapshots.restore(all)).toMatchObject({ error: { reason: 'RestoreConflict' } });
  expect(value(await snapshots.interrupted())).toBeNull();
  isDown = true;
  expect(await snapshots.restore(all)).toMatchObject({
    error: {
      reason: 'RestoreStuck',
      message: expect.stringMatching(/everything is back; .*the order could not be ended/),
    },
  });
  expect(value(await snapshots.interrupted())).toEqual({ to: id, overwrite: ['all'] });
});
