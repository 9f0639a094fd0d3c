/** What was sent to whom outlives the controller that sent it, in bounds, in a file and in a cluster. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mostDeliveries } from '../../src/release/deliveries.ts';
import type { Delivery, DeliveryLog } from '../../src/release/delivery-log.ts';
import { openKubernetesDeliveries } from '../../src/release/kubernetes-deliveries.ts';
import { openSqliteDeliveries } from '../../src/release/sqlite-deliveries.ts';
import { value } from '../contract/store.ts';
import { startKubeObjects } from '../support/kube-objects.ts';
import { tempDir } from '../support/temp-dir.ts';

const delivery = (change: Partial<Delivery> = {}): Delivery => ({
  ...{ policy: 'app', target: 'team', service: 'slack', notice: 'n1', about: 'sluice/release/app-1' },
  ...{ urgency: 'tell', reason: 'Promoted', title: 'app v2: Promoted', releases: ['app-1'] },
  ...{ atMs: 1_000, triedAtMs: 1_200, outcome: 'sent', attempts: 1, why: '', handles: null },
  ...change,
});

type Open = () => Promise<DeliveryLog>;

const folder = '/apis/sluice.dev/v1alpha1/namespaces/shop/releasepolicies';

const places: Readonly<Record<string, () => Promise<Open>>> = {
  'a file': async () => {
    const path = join(await tempDir(), 'deliveries.db');
    return async () => value(openSqliteDeliveries({ path, troubled: ({ message }) => expect.fail(message) }));
  },
  'a cluster': async () => {
    const objects = await startKubeObjects();
    for (const name of ['app', 'shop']) objects.put(`${folder}/${name}`, { metadata: { namespace: 'shop' }, spec: {} });
    return async () =>
      value(
        await openKubernetesDeliveries({
          ...{ client: objects.server.client(), namespace: 'shop', withinMs: 5 },
          troubled: (_policy, { message }) => expect.fail(message),
        }),
      );
  },
};

describe.each(Object.entries(places))('deliveries in %s', (_name, makePlace) => {
  it('are there for the next controller, each as it was last', async () => {
    const open = await makePlace();
    const log = await open();
    log.note(delivery({ outcome: 'trying', why: 'answered 503' }));
    log.note(delivery({ attempts: 2, handles: { ts: '1.2' } }));
    log.note(delivery({ notice: 'n2', policy: 'shop', releases: ['shop-1'], atMs: 2_000 }));
    log.note(delivery({ notice: 'n3', target: 'pager', outcome: 'failed', why: 'answered 400', atMs: 3_000 }));
    await log.close();
    const next = await open();
    expect(next.list({ limit: 10 }).map(({ notice }) => notice)).toEqual(['n3', 'n2', 'n1']);
    expect(next.list({ limit: 1 })).toMatchObject([{ notice: 'n3', why: 'answered 400' }]);
    expect(next.list({ limit: 10, policy: 'app' }).map(({ notice }) => notice)).toEqual(['n3', 'n1']);
    expect(next.list({ limit: 10, release: 'shop-1' }).map(({ notice }) => notice)).toEqual(['n2']);
    expect(next.find(delivery())).toMatchObject({ outcome: 'sent', attempts: 2 });
    expect(next.find(delivery({ target: 'pager' }))).toBeNull();
    expect(next.handles(delivery())).toEqual({ ts: '1.2' });
    expect(next.handles(delivery({ about: 'sluice/release/app-2' }))).toBeNull();
    await next.close();
  });

  it('say so when the controller ended before a notice was taken', async () => {
    const open = await makePlace();
    const log = await open();
    log.note(delivery({ outcome: 'trying', why: 'answered 503' }));
    await log.close();
    const next = await open();
    expect(next.list({ limit: 1 })).toMatchObject([{ outcome: 'dropped', why: 'the controller ended; answered 503' }]);
    await next.close();
  });

  it('are bounded: the oldest go, a policy at a time, and long texts are cut', async () => {
    const open = await makePlace();
    const log = await open();
    log.note(delivery({ policy: 'shop' }));
    for (let n = 0; n < mostDeliveries + 20; n += 1)
      log.note(delivery({ notice: `n${n}`, atMs: n, why: 'x'.repeat(n === 30 ? 5_000 : 0) }));
    await log.close();
    const next = await open();
    const listed = next.list({ limit: 10_000, policy: 'app' });
    expect([listed.length, listed.at(-1)?.notice]).toEqual([mostDeliveries, 'n20']);
    expect(listed.find(({ notice }) => notice === 'n30')?.why).toHaveLength(300);
    expect(next.list({ limit: 10, policy: 'shop' })).toHaveLength(1);
    await next.close();
  });
});

it('a file that is none is a problem that says so', async () => {
  const path = join(await tempDir(), 'deliveries.db');
  await writeFile(path, 'this is no database, whatever it is called, and it is long enough to be told from one');
  expect(openSqliteDeliveries({ path, troubled: () => undefined })).toMatchObject({
    ok: false,
    error: { reason: 'StoreCorrupt' },
  });
});

it('a policy that is gone takes its deliveries along, and troubles nobody', async () => {
  const objects = await startKubeObjects();
  const troubled: string[] = [];
  const log = value(
    await openKubernetesDeliveries({
      ...{ client: objects.server.client(), namespace: 'shop' },
      troubled: (_policy, { message }) => troubled.push(message),
    }),
  );
  log.note(delivery());
  await log.close();
  expect([troubled, objects.accepted]).toEqual([[], []]);
});

it('a ConfigMap of that name which somebody else made is left as it is, and that is said', async () => {
  const objects = await startKubeObjects();
  objects.put(`${folder}/app`, { metadata: { namespace: 'shop' }, spec: {} });
  const path = '/api/v1/namespaces/shop/configmaps/app-deliveries';
  const before = objects.put(path, { metadata: { namespace: 'shop' }, data: { vans: 'two' } });
  const troubled: string[] = [];
  const log = value(
    await openKubernetesDeliveries({
      ...{ client: objects.server.client(), namespace: 'shop' },
      troubled: (policy, { message, reason }) => troubled.push(`${policy} ${reason}: ${message}`),
    }),
  );
  log.note(delivery());
  await log.close();
  expect(objects.at(path)).toEqual(before);
  expect(troubled).toEqual([expect.stringMatching(/^app ForeignConfigMap: ConfigMap shop\/app-deliveries is not /)]);
});
