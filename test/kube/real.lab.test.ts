/** The client, the watch and the election on a real API server. */
import { describe, expect, it } from 'vitest';
import { LeaseElector } from '../../src/kube/lease.ts';
import { type WatchNews, watch } from '../../src/kube/watch.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { clientOf } from '../lab/client-of.ts';
import { joinCluster } from '../lab/joined-cluster.ts';
import { joinLab } from '../lab/joined-lab.ts';
import { needsLab } from '../lab/needs-lab.ts';
import { suiteEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { must } from '../support/proxy.ts';

const configMap = (name: string, data: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

/** For what looks at the API server from behind. */
const hasLab = await needsLab('bare');

describe.runIf(await needsLab('server'))('on a real API server', () => {
  const atEnd = suiteEnd();

  it('names what it refuses', async () => {
    const lab = await joinCluster(atEnd);
    const folder = `/api/v1/namespaces/${await lab.namespace()}/configmaps`;
    const client = clientOf(lab, 'admin');
    expect(await client.get(`${folder}/none`)).toMatchObject({ ok: false, error: { reason: 'NotFound', code: 404 } });
    const made = must(await client.create(folder, configMap('app', { a: '1' })));
    expect(await client.create(folder, configMap('app'))).toMatchObject({
      ok: false,
      error: { reason: 'AlreadyExists' },
    });
    must(await client.patch(`${folder}/app`, { type: 'merge', body: { data: { a: '2' } } }));
    expect(await client.replace(`${folder}/app`, made)).toMatchObject({
      ok: false,
      error: { reason: 'Conflict', code: 409 },
    });
    expect(await clientOf(lab, 'bob').get(`${folder}/app`)).toMatchObject({
      ok: false,
      error: { reason: 'Forbidden' },
    });
    must(await client.delete(`${folder}/app`, { uid: made.metadata.uid }));
    must(await client.create(folder, configMap('app')));
    expect(await client.delete(`${folder}/app`, { uid: made.metadata.uid })).toMatchObject({
      ok: false,
      error: { reason: 'Conflict' },
    });
  });

  it('takes a JSON patch only on what its tests name: version, uid, notes, and parts of the object', async () => {
    const lab = await joinCluster(atEnd);
    const folder = `/api/v1/namespaces/${await lab.namespace()}/configmaps`;
    const client = clientOf(lab, 'admin');
    const made = must(await client.create(folder, configMap('app', { a: '1' })));
    const { uid, resourceVersion } = made.metadata;
    const patch = (...tests: object[]) =>
      client.patch(`${folder}/app`, { type: 'json', body: [...tests, { op: 'add', path: '/data/b', value: 'x' }] });
    const test = (path: string, value: unknown): object => ({ op: 'test', path, value });
    must(
      await patch(
        test('/metadata/uid', uid),
        test('/metadata/resourceVersion', resourceVersion),
        test('/data', { a: '1' }),
      ),
    );
    const stale = { ok: false, error: { reason: 'Invalid', code: 422 } };
    expect(await patch(test('/metadata/resourceVersion', resourceVersion))).toMatchObject(stale);
    expect(await patch(test('/metadata/uid', 'other'))).toMatchObject(stale);
    expect(await patch(test('/metadata/annotations/sluice.dev~1epoch', '1'))).toMatchObject(stale);
    const noted = must(
      await client.patch(`${folder}/app`, {
        type: 'merge',
        body: { metadata: { annotations: { 'sluice.dev/epoch': '7' } } },
      }),
    );
    must(await patch(test('/metadata/annotations/sluice.dev~1epoch', '7')));
    expect(await patch(test('/metadata/annotations/sluice.dev~1epoch', '6'))).toMatchObject(stale);
    expect(noted.metadata.managedFields?.map(({ manager }) => manager)).toContain('sluice');
  });

  it('lists page by page', async () => {
    const lab = await joinCluster(atEnd);
    const folder = `/api/v1/namespaces/${await lab.namespace()}/configmaps`;
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) must(await clientOf(lab, 'admin').create(folder, configMap(name)));
    const listed = must(
      await clientOf(lab, 'admin', { pageSize: 2 }).list(folder, { fieldSelector: 'metadata.name!=kube-root-ca.crt' }),
    );
    expect(listed.objects.map(({ metadata }) => metadata.name)).toEqual(names);
  });

  it.runIf(hasLab)('watches every change, over a crash of the server', async () => {
    const lab = await joinLab(atEnd);
    const folder = `/api/v1/namespaces/${await lab.namespace()}/configmaps`;
    const client = clientOf(lab, 'admin');
    const news: WatchNews[] = [];
    const query = { fieldSelector: 'metadata.name!=kube-root-ca.crt' };
    const subscription = watch({ client, path: folder, query, relistEveryMs: 3_600_000 }).subscribe((each) =>
      news.push(each),
    );
    atEnd(() => subscription.unsubscribe());
    const told = (): readonly string[] =>
      news.flatMap((each) =>
        each.kind === 'changed' || each.kind === 'deleted' ? [`${each.kind} ${each.object.metadata.name}`] : [],
      );
    await eventually(() => news.some(({ kind }) => kind === 'listed'));
    must(await client.create(folder, configMap('one')));
    must(await client.patch(`${folder}/one`, { type: 'merge', body: { data: { a: '1' } } }));
    must(await client.delete(`${folder}/one`));
    await eventually(() => told().length === 3);
    expect(told()).toEqual(['changed one', 'changed one', 'deleted one']);
    await lab.kill('kube-apiserver');
    await eventually(() => news.some(({ kind }) => kind === 'troubled'));
    await lab.start('kube-apiserver');
    await eventually(async () => (await client.create(folder, configMap('two'))).ok);
    await eventually(() => {
      const listed = news.flatMap((each) =>
        each.kind === 'listed' ? each.objects.map(({ metadata }) => metadata.name) : [],
      );
      return told().includes('changed two') || listed.includes('two');
    });
  });

  it('elects one of two, and the other one when the first falls silent, with a higher epoch', async () => {
    const lab = await joinCluster(atEnd);
    const namespace = await lab.namespace();
    const timing = { durationMs: 2_000, deadlineMs: 1_500, renewEveryMs: 300, retryMs: 100 };
    const elect = (identity: string) => {
      const offset = { ms: 0 };
      const ending = new AbortController();
      const heard: (number | string)[] = [];
      const elector = new LeaseElector({
        client: clientOf(lab, 'admin'),
        namespace,
        name: 'controller',
        identity,
        clock: { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + offset.ms },
        timing,
        events: { elected: (epoch) => heard.push(epoch), lost: (why) => heard.push(why), troubled: () => undefined },
      });
      const running = elector.run(ending.signal);
      const stop = async (): Promise<void> => {
        ending.abort();
        await running;
      };
      atEnd(stop);
      return { elector, heard, stop };
    };
    const first = elect('first');
    await eventually(() => first.elector.holds());
    const second = elect('second');
    const path = `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/controller`;
    const lease = must(await clientOf(lab, 'admin').get(path));
    expect(lease['spec']).toMatchObject({ holderIdentity: 'first', leaseDurationSeconds: 2, leaseTransitions: 0 });
    await first.stop();
    await eventually(() => second.elector.holds());
    expect(second.heard[0]).toBeGreaterThan(first.heard[0] as number);
    must(await clientOf(lab, 'admin').delete(path));
    await eventually(() => second.heard.length >= 3 && second.elector.holds());
    expect(second.heard[2]).toBeGreaterThan(second.heard[0] as number);
  });
});
