import { describe, expect, it } from 'vitest';
import type { Router } from '../../../src/router/router.ts';
import { anIstioRoute, type IstioRoute, leg, routePath, twoServices, weightsOf } from '../../support/istio-route.ts';
import { Refused } from '../../support/kube-objects.ts';
import { must } from '../../support/proxy.ts';
import { putSlices } from '../../support/service-slices.ts';

const raise = async (router: Router, canary: number, more: object = {}) => {
  const { version } = must(await router.observe());
  return router.write({ release: 'r1', epoch: 1, canary, ifVersion: version, latch: false, ...more });
};

const rollback = { release: 'r1', epoch: 1, canary: 0, ifVersion: null, latch: true };

/** Somebody writes something else into the route, just before the next write of ours is carried out. */
const churn = ({ objects }: IstioRoute, change: (object: ReturnType<IstioRoute['virtualService']>) => object): void => {
  objects.before = () => {
    objects.before = () => undefined;
    objects.put(routePath, change(objects.at(routePath)));
  };
};

const touched = (object: ReturnType<IstioRoute['virtualService']>): object => ({
  ...object,
  status: { seen: 'again' },
});

const withAnnotations = (object: ReturnType<IstioRoute['virtualService']>, more: object): object => ({
  ...object,
  metadata: { ...object.metadata, annotations: { ...(object.metadata['annotations'] as object), ...more } },
});

describe('a write on a VirtualService', () => {
  it('touches the weights and its own notes, and leaves everything else as it was', async () => {
    const primary = {
      name: 'primary',
      match: [{ uri: { prefix: '/' } }],
      retries: { attempts: 2 },
      route: [leg('app-canary', 0, { headers: { response: { add: { a: 'b' } } } }), leg('app-stable', 100)],
    };
    const other = { name: 'other', route: [{ destination: { host: 'elsewhere.test' } }] };
    const spec = { hosts: ['shop.test'], gateways: ['mesh'], http: [other, primary], tls: [] };
    const order = { ...twoServices, routes: ['primary'] };
    const route = await anIstioRoute({ spec, order });
    route.objects.put(routePath, withAnnotations(route.virtualService(), { theirs: 'kept' }));
    const before = route.virtualService();
    must(await raise(route.router, 25));
    const after = route.virtualService();
    const [canary, stable] = primary.route;
    const weighted = {
      ...primary,
      route: [
        { ...canary, weight: 25 },
        { ...stable, weight: 75 },
      ],
    };
    expect(after['spec']).toEqual({ ...spec, http: [other, weighted] });
    const { annotations, resourceVersion, ...metadata } = after.metadata;
    expect(resourceVersion).not.toBe(before.metadata.resourceVersion);
    expect(metadata).toEqual({ ...before.metadata, annotations: undefined, resourceVersion: undefined });
    expect(annotations).toEqual({
      theirs: 'kept',
      'sluice.dev/epoch': '1',
      'sluice.dev/release': 'r1',
      'sluice.dev/stamp': expect.any(String),
    });
    expect(route.objects.accepted).toEqual([`PATCH ${routePath}`]);
  });

  it('takes traffic away whatever happened to the rest of the route, in one write that carries the latch', async () => {
    const route = await anIstioRoute();
    must(await raise(route.router, 50));
    churn(route, touched);
    expect(must(await route.router.write(rollback))).toMatchObject({ canary: 0, rolledBack: 'r1' });
    expect(route.objects.accepted).toHaveLength(2);
    expect(route.virtualService()['status']).toEqual({ seen: 'again' });
  });

  it('takes traffic away where the destinations were put into another order meanwhile', async () => {
    const route = await anIstioRoute();
    must(await raise(route.router, 50));
    const spec = { hosts: ['shop.test'], http: [{ route: [leg('app-canary', 50), leg('app-stable', 50)] }] };
    churn(route, (object) => ({ ...object, spec }));
    expect(must(await route.router.write(rollback)).canary).toBe(0);
    const turned = { http: [{ route: [leg('app-canary', 0), leg('app-stable', 100)] }] };
    expect(route.virtualService()['spec']).toMatchObject(turned);
  });

  it('takes traffic away on a route that it never wrote', async () => {
    const spec = { http: [{ route: [leg('app-stable', 60), leg('app-canary', 40)] }] };
    const route = await anIstioRoute({ spec });
    const { version } = must(await route.router.observe());
    expect(must(await route.router.write({ ...rollback, ifVersion: version }))).toMatchObject({
      canary: 0,
      rolledBack: 'r1',
    });
  });

  it('does not raise on a route that changed since it was read', async () => {
    const route = await anIstioRoute();
    churn(route, touched);
    expect(await raise(route.router, 25)).toMatchObject({ ok: false, error: { reason: 'Conflict' } });
    expect(weightsOf(route.virtualService())).toEqual({ stable: 100, canary: 0 });
  });

  it.each(['raise', 'decrease'])('lands no %s after a newer controller has taken over in between', async (which) => {
    const route = await anIstioRoute();
    must(await raise(route.router, 25));
    churn(route, (object) => withAnnotations(object, { 'sluice.dev/epoch': '9' }));
    const written = which === 'raise' ? await raise(route.router, 50) : await route.router.write(rollback);
    expect(written).toMatchObject({ ok: false, error: { reason: 'Fenced' } });
    expect(weightsOf(route.virtualService()).canary).toBe(25);
  });

  it('lowers no newer release when it comes late', async () => {
    const route = await anIstioRoute();
    must(await raise(route.router, 25));
    churn(route, (object) => withAnnotations(object, { 'sluice.dev/release': 'r2' }));
    expect(await route.router.write(rollback)).toMatchObject({ ok: false, error: { reason: 'Conflict' } });
    expect(weightsOf(route.virtualService()).canary).toBe(25);
  });

  it('does not touch a route that was deleted and made again in between', async () => {
    const route = await anIstioRoute();
    const version = must(await route.router.observe()).version;
    const { spec, metadata } = route.virtualService();
    route.objects.before = () => {
      route.objects.before = () => undefined;
      route.objects.remove(routePath);
      route.objects.put(routePath, { spec, metadata: { namespace: metadata['namespace'] } });
    };
    const write = { release: 'r1', epoch: 1, canary: 25, ifVersion: version, latch: false };
    expect(await route.router.write(write)).toMatchObject({ ok: false, error: { reason: 'Conflict' } });
    expect(weightsOf(route.virtualService()).canary).toBe(0);
  });

  it('says what the server refuses, and does not go on trying', async () => {
    const route = await anIstioRoute();
    let tries = 0;
    route.objects.before = ({ method }) => {
      tries++;
      throw new Refused(422, 'Invalid', `${method}: spec.http[0].route[0].weight is too odd`);
    };
    const message = expect.stringContaining('too odd');
    expect(await raise(route.router, 25)).toMatchObject({ ok: false, error: { reason: 'Refused', message } });
    expect(tries).toBe(2);
  });

  it('tells an end without a ready endpoint, and sends it nothing', async () => {
    const route = await anIstioRoute();
    putSlices(route.objects, [{ conditions: { ready: false } }]);
    expect(must(await route.router.observe())).toMatchObject({ canaryReady: false, stableReady: false });
    expect(await raise(route.router, 25)).toMatchObject({ ok: false, error: { reason: 'Refused' } });
    expect(route.objects.accepted).toEqual([]);
  });

  it('says that a route is not there', async () => {
    const route = await anIstioRoute();
    route.objects.remove(routePath);
    const message = expect.stringContaining('VirtualService shop/app: GET');
    expect(await route.router.observe()).toMatchObject({ ok: false, error: { reason: 'Unreachable', message } });
  });
});

describe('a write on a VirtualService whose outcome is unknown', () => {
  const hasty = { client: { writeWithinMs: 100 } };

  it('is found out by a write of the same version, which also keeps it from landing later', async () => {
    const route = await anIstioRoute(hasty);
    route.objects.fault('late');
    expect(await raise(route.router, 50)).toMatchObject({ ok: false, error: { reason: 'Unknown' } });
    expect(must(await route.router.settle('r1', 1)).canary).toBe(0);
    route.objects.land();
    expect(weightsOf(route.virtualService())).toEqual({ stable: 100, canary: 0 });
  });

  it('may have landed: then settling tells the new weight', async () => {
    const route = await anIstioRoute(hasty);
    route.objects.fault('answerLost');
    expect(await raise(route.router, 50)).toMatchObject({ ok: false, error: { reason: 'Unknown' } });
    expect(must(await route.router.settle('r1', 1))).toMatchObject({ canary: 50, release: 'r1' });
  });

  it('does not keep a decrease from landing: late is safe', async () => {
    const route = await anIstioRoute(hasty);
    must(await raise(route.router, 50));
    route.objects.fault('late');
    expect(await route.router.write(rollback)).toMatchObject({ ok: false, error: { reason: 'Unknown' } });
    expect(must(await route.router.settle('r1', 1)).canary).toBe(50);
    route.objects.land();
    expect(must(await route.router.observe())).toMatchObject({ canary: 0, rolledBack: 'r1' });
    expect(await raise(route.router, 25)).toMatchObject({ ok: false, error: { reason: 'Refused' } });
  });

  it('stays unknown while settling is not answered either', async () => {
    const route = await anIstioRoute(hasty);
    route.objects.fault('lost');
    route.objects.fault('lost');
    expect(await raise(route.router, 50)).toMatchObject({ ok: false, error: { reason: 'Unknown' } });
    expect(await route.router.settle('r1', 1)).toMatchObject({ ok: false, error: { reason: 'Unknown' } });
    expect(must(await route.router.settle('r1', 1)).canary).toBe(0);
  });

  it('settles through what others write meanwhile', async () => {
    const route = await anIstioRoute();
    must(await raise(route.router, 25));
    churn(route, touched);
    expect(must(await route.router.settle('r1', 3))).toMatchObject({ canary: 25, epoch: 3 });
  });
});
