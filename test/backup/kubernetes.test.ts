/** Snapshots of a Deployment and what its pods use, against a server that keeps objects as the API server does. */
import { describe, expect, it } from 'vitest';
import type { RestorePlan } from '../../src/backup/snapshots.ts';
import { value } from '../contract/store.ts';
import { at, base64, canary, deployment, backedUp as scene, template } from '../support/kubernetes-backups.ts';

const nothing = { to: null, overwrite: [] };

const states = ({ items }: RestorePlan) => Object.fromEntries(items.map(({ name, state }) => [name, state]));

describe('a snapshot in a cluster', () => {
  it('brings back what the release changed, and shows no value of a Secret', async () => {
    const { objects, snapshots, taken, changed } = await scene();
    const point = await taken();
    expect(point).toMatchObject({
      revision: 'v1',
      holds: expect.stringContaining('Deployment app, 2 ConfigMaps, 1 Secret'),
    });
    changed();
    value(await snapshots.noteAfter(point.id, 2_000));
    const plan = value(await snapshots.plan(nothing));
    expect(states(plan)).toEqual({
      'Deployment app': 'restore',
      'ConfigMap app-config': 'restore',
      'ConfigMap flags': 'restore',
      'Secret db': 'restore',
    });
    const diffOf = (name: string) => plan.items.find((item) => item.name === name)?.diff;
    expect(diffOf('Secret db')).toEqual(['password changed']);
    expect(diffOf('ConfigMap flags')).toEqual([
      ...['fast line 1:', 'fast - on', 'fast + off'],
      ...['text line 2:', 'text - B', 'text + b'],
    ]);
    expect(diffOf('Deployment app')).toEqual(['template.spec.containers.0.image: "app:v2" -> "app:v1"']);
    expect(objects.at(at.app)).toMatchObject(deployment('app:v2'));
    const done = value(await snapshots.restore(nothing));
    expect(new Set(Object.values(states(done)))).toEqual(new Set(['done']));
    expect(objects.at(at.app)).toMatchObject({ spec: { template: template('app:v1') } });
    expect(objects.at(at.config)).toMatchObject({ data: { greeting: 'hello' } });
    expect(objects.at(at.flags)['data']).toEqual({ fast: 'off', text: 'a\nb\nc' });
    expect(objects.at(at.secret)['data']).toEqual({ password: base64(canary) });
    expect(objects.accepted.at(-2)).toContain(at.app);
    expect(new Set(Object.values(states(value(await snapshots.restore(nothing)))))).toEqual(new Set(['same']));
    // Neither in what is told, nor in any object that is not a Secret.
    const outside = objects.server.calls.filter(({ path }) => !path.includes('/secrets')).map(({ body }) => body);
    expect(JSON.stringify([point, plan, done, outside])).not.toMatch(/canary-token|Y2FuYXJ5|new-password|bmV3LX/);
  });

  it('leaves alone what somebody changed after the release, and overwrites it only by name', async () => {
    const { objects, snapshots, taken, changed } = await scene();
    const { id } = await taken();
    changed();
    value(await snapshots.noteAfter(id, 2_000));
    objects.put(at.flags, { metadata: {}, data: { fast: 'by hand' } });
    objects.remove(at.secret);
    // A retry of the release tells its end again.
    value(await snapshots.noteAfter(id, 3_000));
    expect(states(value(await snapshots.restore(nothing)))).toMatchObject({
      'ConfigMap flags': 'conflict',
      'Secret db': 'conflict',
      'ConfigMap app-config': 'done',
    });
    expect(objects.at(at.flags)['data']).toEqual({ fast: 'by hand' });
    const named = { to: id, overwrite: ['ConfigMap flags', 'Secret db'] };
    expect(states(value(await snapshots.restore(named)))).toMatchObject({
      'ConfigMap flags': 'done',
      'Secret db': 'done',
    });
    expect(objects.at(at.secret)).toMatchObject({ type: 'Opaque', data: { password: base64(canary) } });
  });

  it('is not used when a copy is altered or gone, and writes nothing', async () => {
    for (const harm of ['alter', 'delete'] as const) {
      const { objects, snapshots, taken, changed, headOf } = await scene();
      const { id } = await taken();
      changed();
      const copy = `${headOf(id)}-1`;
      if (harm === 'alter') objects.put(copy, { metadata: {}, data: { greeting: 'hullo' } });
      if (harm === 'delete') objects.remove(copy);
      const before = objects.accepted.length;
      expect(await snapshots.restore({ to: id, overwrite: ['all'] })).toMatchObject({
        error: { reason: 'BackupAltered' },
      });
      expect(objects.accepted).toHaveLength(before);
    }
    const { snapshots } = await scene();
    expect(await snapshots.restore(nothing)).toMatchObject({ error: { reason: 'NoRollbackPoint' } });
  });

  it('is not used where its Deployment is not that of the policy any more', async () => {
    const { objects, open, taken } = await scene();
    const { id } = await taken();
    const other = '/apis/apps/v1/namespaces/shop/deployments/other';
    objects.put(other, deployment('other:v1'));
    expect(await open({ deployment: 'other' }).restore({ to: id, overwrite: ['all'] })).toMatchObject({
      error: { reason: 'BackupAltered', message: expect.stringContaining('holds Deployment app') },
    });
    expect(objects.at(other)).toMatchObject(deployment('other:v1'));
  });

  it('goes on where it was killed, and knows that it was', async () => {
    const { objects, snapshots, taken, changed } = await scene();
    const { id } = await taken();
    changed();
    value(await snapshots.noteAfter(id, 2_000));
    // From its third write on nothing of the restore lands.
    let left = 3;
    objects.before = ({ method }) => {
      if (method === 'PATCH' && --left <= 0) throw new Error('killed');
    };
    expect(await snapshots.restore(nothing)).toMatchObject({ error: { reason: 'RestoreStuck' } });
    objects.before = () => undefined;
    const due = value(await snapshots.interrupted());
    expect(due).toEqual({ to: id, overwrite: [] });
    if (due === null) return;
    value(await snapshots.restore(due));
    expect(value(await snapshots.interrupted())).toBeNull();
    expect(objects.at(at.app)).toMatchObject({ spec: { template: template('app:v1') } });
    expect(objects.at(at.secret)['data']).toEqual({ password: base64(canary) });
  });

  it('keeps a Secret as it was for stable, though it was changed together with what is to be released', async () => {
    const { objects, snapshots, secret, taken } = await scene();
    const nowMs = Date.parse('2026-01-15T12:00:00Z');
    const before = { changedWithinMs: 600_000 };
    await taken(nowMs - 86_400_000);
    const keptPassword = async (atMs: number): Promise<string> => {
      const { id } = value(await snapshots.take({ revision: 'v1', nowMs: atMs, before }));
      value(await snapshots.restore({ to: id, overwrite: ['all'] }));
      return (objects.at(at.secret)['data'] as { readonly password: string }).password;
    };
    const changedAt = (time: string): object => ({ managedFields: [{ manager: 'kubectl', time }] });
    secret('pushed', changedAt('2026-01-15T11:58:00Z'));
    expect(await keptPassword(nowMs)).toBe(base64(canary));
    // What was changed long before is what stable runs with.
    secret('rotated', changedAt('2026-01-14T11:58:00Z'));
    expect(await keptPassword(nowMs + 1_000)).toBe(base64('rotated'));
    // As a release left it that was taken back, and is tried again much later.
    secret('pushed', changedAt('2026-01-15T11:58:00Z'));
    value(await snapshots.noteAfter(value(await snapshots.points())[0]?.id ?? '', nowMs + 2_000));
    expect(await keptPassword(nowMs + 3_600_000)).toBe(base64('rotated'));
  });

  it('names the verb that is missing, and takes nothing; without Secrets it needs none', async () => {
    const { objects, snapshots } = await scene();
    objects.allows = ({ resource, verb }) => resource !== 'secrets' || verb !== 'patch';
    expect(await snapshots.take({ revision: 'v1', nowMs: 1 })).toMatchObject({
      error: { reason: 'BackupForbidden', message: expect.stringContaining('lacks verb "patch" on secrets "db"') },
    });
    expect(objects.accepted.filter((each) => !each.includes('accessreviews'))).toEqual([]);
    const without = await scene('excluded');
    without.objects.allows = ({ resource }) => resource !== 'secrets';
    expect((await without.taken()).holds).toContain('Deployment app, 2 ConfigMaps, ');
    expect(without.objects.server.calls.some(({ path }) => path.includes('/secrets'))).toBe(false);
  });

  it('keeps three of a revision, what is unfinished or was renewed by another controller is none of it', async () => {
    const { objects, snapshots, taken } = await scene();
    objects.put(`${at.maps}/app-backup-dead`, { metadata: { labels: { 'sluice.dev/backup': 'app' } } });
    objects.put(at.flags, {
      metadata: { ownerReferences: [{ apiVersion: 'v1', kind: 'X', name: 'x', uid: 'x', controller: true }] },
    });
    for (let n = 1; n <= 5; n++) await taken(n * 1_000);
    const points = value(await snapshots.points());
    expect(points.map(({ takenAtMs }) => takenAtMs)).toEqual([5_000, 4_000, 3_000]);
    expect(points[0]?.holds).toContain('Deployment app, 1 ConfigMap, 1 Secret');
    expect(() => objects.at(`${at.maps}/app-backup-dead`)).toThrow('not found');
  });

  it('keeps those of the last three revisions, and with the fourth its copies go', async () => {
    const { objects, snapshots, taken } = await scene();
    const revisions = ['v1', 'v2', 'v2', 'v3', 'v4'];
    const all = [];
    for (const [n, revision] of revisions.entries()) all.push(await taken(n * 1_000, revision));
    const points = value(await snapshots.points());
    expect(points.map(({ revision }) => revision)).toEqual(['v4', 'v3', 'v2', 'v2']);
    const gone = all[0]?.id ?? '';
    expect(await snapshots.plan({ to: gone, overwrite: [] })).toMatchObject({ error: { reason: 'NoRollbackPoint' } });
    // The cluster takes with it what it owns.
    const heads = objects.accepted.filter((each) => each.startsWith('DELETE'));
    expect(heads).toEqual([`DELETE ${at.maps}/app-backup-${gone.split('-').at(-1)}`]);
    const deleted = objects.server.calls.find(({ method }) => method === 'DELETE');
    expect(deleted?.body).toContain('Background');
  });

  it('is none when it is not read back as it was written', async () => {
    const { objects, snapshots } = await scene();
    objects.before = ({ method, path, body }) => {
      const { name } = (method === 'POST' && path === at.maps ? JSON.parse(body).metadata : {}) as { name?: string };
      const first = `${at.maps}/${name?.replace(/-1$/, '-0')}`;
      if (name?.endsWith('-1') === true) objects.put(first, { ...objects.at(first), data: { 'spec.json': '{}' } });
    };
    const taken = await snapshots.take({ revision: 'v1', nowMs: 1_000 });
    expect(taken).toMatchObject({ error: { reason: 'BackupUnsound', retryable: true } });
    expect(!taken.ok && taken.error.message).toMatch(/^what was written is not what was read back: .*Deployment app/);
    expect(value(await snapshots.points())).toEqual([]);
    objects.before = () => undefined;
    value(await snapshots.take({ revision: 'v1', nowMs: 2_000 }));
    expect(value(await snapshots.points())).toHaveLength(1);
  });

  it('does not write over what is changed while it restores', async () => {
    const { objects, snapshots, taken, changed } = await scene();
    await taken();
    changed();
    let isChanged = false;
    objects.before = ({ path }) => {
      if (path !== at.config || isChanged) return;
      isChanged = true;
      objects.put(at.flags, { metadata: {}, data: { fast: 'meanwhile' } });
    };
    expect(await snapshots.restore({ to: null, overwrite: ['all'] })).toMatchObject({
      error: { reason: 'RestoreConflict' },
    });
    expect(objects.at(at.flags)['data']).toEqual({ fast: 'meanwhile' });
  });
});
