/** What is said to whoever gives an order as an object and gets no answer. */
import { expect, it } from 'vitest';
import { OrderingControls } from '../../../src/wiring/cluster/ordering-controls.ts';
import { aStatus, type KubeCall, startKubeServer } from '../../support/kube-server.ts';
import { samplePoint } from '../../support/memory-controls.ts';

const order = (uid: string, status: object) => ({
  ...{ metadata: { name: 'app-attest-1', uid, resourceVersion: '1' }, spec: { user: 'ada' } },
  status,
});

/** The order is made; each read of it answers so. A minute takes no time. */
async function attesting(read: (call: KubeCall) => void) {
  const server = await startKubeServer((call) => {
    if (call.path.endsWith('selfsubjectreviews')) return call.json(201, { status: { userInfo: { username: 'ada' } } });
    return call.method === 'POST' ? call.json(201, order('u', {})) : read(call);
  });
  const none = () => undefined;
  const controls = new OrderingControls({
    ...{ client: server.client(), namespace: 'shop', stale: none, withheld: none, waits: none },
    clock: { wallMs: () => 0, monotonicMs: () => performance.now() * 1_000 },
  });
  const said = { name: 'tests', revision: 'v2', outcome: 'pass', values: {}, who: 'ada', caller: null } as const;
  return controls.attest('app', { ...said, reason: '' });
}

const mayBe = /it may have been carried out: look at ReleaseOrder app-attest-\S+ and the release/;

it.each([
  ['an order that nobody answers', 'Unanswered', (call: KubeCall) => call.json(200, order('u', {}))],
  ['another order under its name', 'Unanswered', (call: KubeCall) => call.json(200, order('other', {}))],
  [
    'a server that is away',
    'Unavailable',
    (call: KubeCall) => call.json(503, aStatus(503, 'ServiceUnavailable', 'away')),
  ],
  ['an order that may not be read', 'Unavailable', (call: KubeCall) => call.json(403, aStatus(403, 'Forbidden', 'no'))],
])('%s may have been carried out', async (_what, reason, read) => {
  const given = await attesting(read);
  expect(given).toMatchObject({ ok: false, error: { reason } });
  expect(!given.ok && given.error.message).toMatch(mayBe);
  expect(!given.ok && given.error.message).not.toContain('expired');
});

it('what its controller says of it is said', async () => {
  const status = { phase: 'Refused', reason: 'Expired', message: 'nothing was done' };
  const given = await attesting((call) => call.json(200, order('u', status)));
  expect(given).toMatchObject({ ok: false, error: { reason: 'Expired', message: 'nothing was done' } });
});

it('waits for minutes for what a controller began, and reads its report', async () => {
  let looks = 0;
  const report = JSON.stringify([samplePoint]);
  const server = await startKubeServer((call) => {
    if (call.path.endsWith('selfsubjectreviews')) return call.json(201, { status: { userInfo: { username: 'ada' } } });
    if (call.method === 'POST') return call.json(201, order('u', {}));
    looks += 1;
    const startedAt = '2026-01-01T00:00:00Z';
    return call.json(200, order('u', looks < 3 ? { startedAt } : { startedAt, phase: 'Accepted', report }));
  });
  const none = () => undefined;
  // Each look comes after more than the life of an order.
  const clock = { wallMs: () => 0, monotonicMs: () => looks * 100_000 };
  const around = { client: server.client(), namespace: 'shop', stale: none, withheld: none, waits: none, clock };
  const controls = new OrderingControls(around);
  expect(await controls.backup('app', { who: 'ada', reason: '' })).toEqual({ ok: true, value: samplePoint });
  expect(looks).toBe(3);
});
