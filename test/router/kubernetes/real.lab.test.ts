/** What all routers of a cluster do to their object, on a real API server: a kind with two weights, without a mesh behind it. */
import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { pointersRouter } from '../../../src/router/kubernetes-pointers.ts';
import type { Router } from '../../../src/router/router.ts';
import { type RouterUnderTest, routerContract } from '../../contract/router.ts';
import { clientOf } from '../../lab/client-of.ts';
import type { Who } from '../../lab/control-plane/identities.ts';
import { type JoinedLab, joinLab } from '../../lab/joined-lab.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { must } from '../../support/proxy.ts';

/** The lab writes down what is written in it. */
const group = 'sluice.dev';

const weight = { type: 'integer', minimum: 0, maximum: 100 };

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `widgets.${group}` },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind: 'Widget', plural: 'widgets' },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: {
                  odd: { type: 'boolean' },
                  backends: {
                    type: 'array',
                    items: { type: 'object', properties: { name: { type: 'string' }, weight } },
                  },
                },
                'x-kubernetes-validations': [
                  { rule: '!has(self.odd) || self.backends.all(each, each.weight % 2 == 0)', message: 'too odd' },
                ],
              },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
};

interface Widget {
  readonly metadata: { readonly name: string; readonly uid: string; readonly resourceVersion: string };
  readonly spec: { readonly backends: readonly { readonly name: string; readonly weight: number }[] };
}

describe.runIf(await needsLab('bare'))('on a real API server', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;
  let namespace: string;

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    namespace = await lab.namespace();
    const api = lab.api();
    await api.apply(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.${group}`, definition);
    await eventually(() => api.list(`/apis/${group}/v1/namespaces/${namespace}/widgets`));
    for (const service of ['app-stable', 'app-canary']) await makeReady(service);
  });

  const makeReady = (service: string): Promise<unknown> =>
    lab.api().apply(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices/${service}`, {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: service, labels: { 'kubernetes.io/service-name': service } },
      addressType: 'IPv4',
      endpoints: [{ addresses: ['10.77.16.1'], conditions: { ready: true } }],
      ports: [{ port: 80 }],
    });

  interface Split {
    readonly path: string;
    readonly router: Router;
    widget(): Promise<Widget>;
  }

  const aWidget = async ({ who = 'admin', more = {} }: { who?: Who; more?: object } = {}): Promise<Split> => {
    const name = `app-${randomUUID().slice(0, 8)}`;
    const path = `/apis/${group}/v1/namespaces/${namespace}/widgets/${name}`;
    const backends = [
      { name: 'old', weight: 100 },
      { name: 'new', weight: 0 },
    ];
    await lab
      .api()
      .apply(path, { apiVersion: `${group}/v1`, kind: 'Widget', metadata: { name }, spec: { backends, ...more } });
    const router = pointersRouter(clientOf(lab, who), {
      apiVersion: `${group}/v1`,
      resource: 'widgets',
      namespace,
      name,
      pointers: { stable: '/spec/backends/0/weight', canary: '/spec/backends/1/weight' },
      services: { stable: 'app-stable', canary: 'app-canary' },
    });
    return { path, router, widget: () => lab.api().get<Widget>(path) };
  };

  const make = async (): Promise<RouterUnderTest> => {
    const { router, widget } = await aWidget();
    let dealt = 0;
    return {
      router,
      send: async (requests) => {
        const { backends } = (await widget()).spec;
        const canary = backends[1]?.weight ?? Number.NaN;
        return Array.from({ length: requests }, () => (dealt++ % 100 < canary ? 'canary' : 'stable'));
      },
      offBy: 0,
      dataPlane: 'tells nothing',
    };
  };

  routerContract('an object of a real cluster', make);

  const raise = async (router: Router, canary: number) => {
    const { version } = must(await router.observe());
    return router.write({ release: 'r1', epoch: 1, canary, ifVersion: version, latch: false });
  };

  const rollback = { release: 'r1', epoch: 1, canary: 0, ifVersion: null, latch: true };

  it('writes once for each change, as itself, and nothing but weights and notes', async () => {
    const { path, router, widget } = await aWidget();
    const before = await widget();
    must(await raise(router, 25));
    must(await router.write(rollback));
    const after = await widget();
    expect(after.spec).toEqual(before.spec);
    const writes = lab.audit().filter(({ verb, requestURI }) => verb === 'patch' && requestURI.startsWith(`${path}?`));
    const ours = writes.filter(({ requestURI }) => requestURI.includes('fieldManager=sluice'));
    expect(ours.map(({ responseStatus }) => responseStatus?.code)).toEqual([200, 200]);
    const weights = ours.map(({ responseObject }) =>
      (responseObject as Widget).spec.backends.map((each) => each.weight),
    );
    expect(weights).toEqual([
      [75, 25],
      [100, 0],
    ]);
  });

  it('lowers and latches whatever others do to the object meanwhile, and raises on nothing that is outdated', async () => {
    const { path, router } = await aWidget();
    must(await raise(router, 50));
    const { version } = must(await router.observe());
    const others = { isOver: false };
    const churning = (async () => {
      for (let n = 0; !others.isOver; n++) await lab.api().patch(`${path}/status`, { status: { n } });
    })();
    const lowered = await router.write(rollback);
    others.isOver = true;
    await churning;
    expect(must(lowered)).toMatchObject({ canary: 0, rolledBack: 'r1' });
    const late = await router.write({ release: 'r2', epoch: 1, canary: 50, ifVersion: version, latch: false });
    expect(late).toMatchObject({ ok: false, error: { reason: 'Conflict' } });
  });

  it('says what a schema refuses, though it answers as a failed condition does', async () => {
    const { router } = await aWidget({ more: { odd: true } });
    const message = expect.stringContaining('too odd');
    expect(await raise(router, 25)).toMatchObject({ ok: false, error: { reason: 'Refused', message } });
    expect(must(await raise(router, 50)).canary).toBe(50);
  });

  it('touches no object that was deleted and made again', async () => {
    const { path, router, widget } = await aWidget();
    must(await raise(router, 50));
    const { version } = must(await router.observe());
    const { spec } = await widget();
    await lab.api().delete(path);
    const metadata = { name: path.split('/').at(-1) };
    await lab.api().apply(path, { apiVersion: `${group}/v1`, kind: 'Widget', metadata, spec });
    const written = await router.write({ release: 'r1', epoch: 1, canary: 75, ifVersion: version, latch: false });
    expect(written).toMatchObject({ ok: false, error: { reason: 'Conflict' } });
    expect(must(await router.observe())).toMatchObject({ canary: 50, release: null, epoch: 0 });
  });

  it('has a reason where it may not read or write', async () => {
    const { router } = await aWidget({ who: 'bob' });
    const message = expect.stringContaining('forbidden');
    expect(await router.observe()).toMatchObject({ ok: false, error: { reason: 'Unreachable', message } });
  });

  it('takes the traffic away as soon as a server that died is back', async () => {
    const { router } = await aWidget();
    must(await raise(router, 25));
    await lab.kill('kube-apiserver');
    expect(await router.write(rollback)).toMatchObject({ ok: false, error: { reason: 'Unreachable' } });
    await lab.start('kube-apiserver');
    const settled = await eventually(async () => {
      const state = await router.settle('r1', 2);
      return state.ok ? state.value : null;
    });
    expect(settled).toMatchObject({ canary: 25, epoch: 2 });
    expect(must(await router.write({ ...rollback, epoch: 2 })).canary).toBe(0);
  });
});
