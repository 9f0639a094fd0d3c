/** The store of the operator on a real API server, and what is left of a release there. */
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { KubernetesStore } from '../../src/release/kubernetes-store.ts';
import { tellEvents } from '../../src/wiring/cluster/cluster-events.ts';
import { storeContract, value } from '../contract/store.ts';
import { applyDefinitions } from '../lab/apply-definitions.ts';
import { clientOf } from '../lab/client-of.ts';
import { type JoinedCluster, joinCluster } from '../lab/joined-cluster.ts';
import { joinLab } from '../lab/joined-lab.ts';
import { needsLab } from '../lab/needs-lab.ts';
import { aRelease, inPhase, phases } from '../support/a-release.ts';
import { suiteEnd } from '../support/at-end.ts';
import { aClusterSpec } from '../support/cluster-policy.ts';
import { eventually } from '../support/eventually.ts';
import { openElected } from '../support/kubernetes-store.ts';

/** For what looks at the API server from behind. */
const hasLab = await needsLab('bare');

describe.runIf(await needsLab('server'))('on a real API server', () => {
  const atEnd = suiteEnd();

  const aPlace = async (): Promise<{ readonly lab: JoinedCluster; readonly namespace: string }> => {
    const lab = await joinCluster(atEnd);
    const api = lab.api();
    await applyDefinitions(api);
    const namespace = await lab.namespace();
    const policy = {
      apiVersion: 'sluice.dev/v1alpha1',
      kind: 'ReleasePolicy',
      metadata: { name: 'app' },
      spec: aClusterSpec,
    };
    await api.apply(`/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releasepolicies/app`, policy);
    return { lab, namespace };
  };

  storeContract('the store in a real cluster', async () => {
    const { lab, namespace } = await aPlace();
    return { open: (options) => openElected(clientOf(lab, 'admin'), namespace, options) };
  });

  it.runIf(hasLab)('writes one status for each save, and no more than that', async () => {
    const { namespace } = await aPlace();
    const lab = await joinLab(atEnd);
    const store = new KubernetesStore({ client: clientOf(lab, 'admin'), namespace, epoch: 7, holds: () => true });
    const first = value(await store.save(inPhase(phases.baking, { id: 'app-1' }), []));
    const before = lab.audit().length;
    value(await store.save(first, []));
    const path = `/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releases/app-1`;
    const writes = lab
      .audit()
      .slice(before)
      .filter(({ verb, requestURI }) => verb !== 'get' && requestURI.includes(namespace));
    expect(writes.map(({ verb, requestURI }) => `${verb} ${requestURI.split('?')[0] ?? ''}`)).toEqual([
      `update ${path}/status`,
    ]);
    const { status } = await lab.api().get<Stored>(path);
    expect(status).toMatchObject({ phase: 'baking', observedGeneration: 1 });
  });

  it('tells what a release decided and did as events of its object, beside the store', async () => {
    const { lab, namespace } = await aPlace();
    const client = clientOf(lab, 'admin');
    const release = inPhase(phases.baking, { id: 'app-1' });
    const line = { atMs: Date.now(), kind: 'decision', reason: 'StepPassed', message: 'goes on', data: {} } as const;
    const log = pino({ level: 'silent' });
    tellEvents({ client, namespace, log }, release, [line, { ...line, kind: 'event', reason: 'Noted' }]);
    const events = await eventually(async () => {
      const { items } = await lab.api().list<Told>(`/api/v1/namespaces/${namespace}/events`);
      return items.some(({ reason }) => reason === 'StepPassed') ? items : null;
    });
    expect(events.map(({ involvedObject, reason, type }) => [involvedObject.name, reason, type])).toEqual([
      ['app-1', 'StepPassed', 'Normal'],
    ]);
  });

  it('is overtaken by nobody: of two saves on one version only one counts', async () => {
    const { lab, namespace } = await aPlace();
    const open = (epoch: number) =>
      new KubernetesStore({ client: clientOf(lab, 'admin'), namespace, epoch, holds: () => true });
    const first = value(await open(1).save(aRelease(), []));
    const saves = await Promise.all([1, 2, 3].map((n) => open(n).save({ ...first, countedMs: n }, [])));
    expect(saves.filter(({ ok }) => ok)).toHaveLength(1);
    expect(value(await open(9).release('app-1'))?.version).toBe(2);
  });
});

interface Told extends Omit<Stored, 'status'> {
  readonly reason: string;
  readonly type: string;
  readonly involvedObject: { readonly name: string };
}

interface Stored {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
  readonly status: object;
}
