/** A Lease that is taken or deleted ends the post in its namespace, and no other: nothing of it is written any more, until it leads again. */
import { expect, it } from 'vitest';
import type { LeaseTiming } from '../../../src/kube/lease.ts';
import { systemClock } from '../../../src/lib/clock.ts';
import { ownDoor } from '../../../src/server/door.ts';
import { NamespacesServer } from '../../../src/server/http-namespaces.ts';
import { keepPost } from '../../../src/wiring/cluster/post.ts';
import { Posts } from '../../../src/wiring/cluster/posts.ts';
import { atTestEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { startKubeObjects } from '../../support/kube-objects.ts';
import { logLines } from '../../support/log-lines.ts';

const version = '0.0.0';
/** Nothing is over by itself, however busy the machine. */
const timing: LeaseTiming = { durationMs: 3_600_000, deadlineMs: 1_800_000, renewEveryMs: 20, retryMs: 10 };
const leaseOf = (namespace: string) => `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/sluice`;

/** All that one is kept with, but where, and who is told. */
const kept = {
  ...{ bound: {}, compression: 1, openMetrics: false, reviewer: null, settings: { sources: {} }, timing, version },
  waits: () => undefined,
} as const;

async function twoPosts() {
  const objects = await startKubeObjects();
  const { log, lines } = logLines();
  const stop = new AbortController();
  const opened = await NamespacesServer.open({ log, version, clock: systemClock, host: '127.0.0.1', port: 0 });
  if (!opened.ok) throw new Error(opened.error.message);
  const server = opened.value;
  const [led, lost]: [string[], string[]] = [[], []];
  const posts = new Posts({
    keep: (namespace, until) =>
      keepPost({
        ...{
          ...kept,
          access: objects.server.client().access,
          door: server.door(namespace),
          log,
          namespace,
          stop: until,
        },
        leads: () => led.push(namespace),
        lost: (why, cause) => lost.push(`${namespace}: ${cause}: ${why}`),
      }),
    ...{ againMs: 1, log, stop: stop.signal },
  });
  const end = async (): Promise<void> => {
    stop.abort();
    await posts.settled();
  };
  atTestEnd(async () => {
    await end();
    await server.stop(100);
  });
  posts.want(new Set(['a', 'b']));
  await eventually(() => led.length === 2);
  const answers = async (namespace: string) => (await fetch(`${server.url}/namespaces/${namespace}/readyz`)).status;
  return { answers, end, led, lines, lost, objects };
}

const heldBySomebody = { spec: { holderIdentity: 'somebody', leaseDurationSeconds: 3_600, leaseTransitions: 1 } };

it('waits for its turn again where its Lease is taken, writes nothing meanwhile, and leads on elsewhere', async () => {
  const { answers, end, led, lost, objects } = await twoPosts();
  const held = objects.at(leaseOf('b')).metadata.resourceVersion;
  const before = objects.accepted.length;
  objects.put(leaseOf('a'), heldBySomebody);
  await eventually(() => lost.length === 1);
  expect(lost).toEqual(["a: taken: it is somebody's now"]);
  // It stands by: who reads is told that it does not lead.
  await eventually(async () => (await answers('a')) === 503);
  await eventually(() => objects.at(leaseOf('b')).metadata.resourceVersion !== held);
  const written = objects.accepted.slice(before);
  expect(written.filter((write) => write.includes('/namespaces/a/'))).toEqual([]);
  expect(objects.at(leaseOf('a'))['spec']).toEqual(heldBySomebody.spec);
  expect([...led].toSorted()).toEqual(['a', 'b']);

  objects.put(leaseOf('a'), { spec: { ...heldBySomebody.spec, holderIdentity: '' } });
  await eventually(() => led.length === 3);
  expect(led[2]).toBe('a');
  await end();
  for (const namespace of ['a', 'b'])
    expect(objects.at(leaseOf(namespace))['spec']).toMatchObject({ holderIdentity: '' });
});

it('makes its Lease anew where somebody deleted it, and campaigns no more for the term that it lost', async () => {
  const { led, lines, lost, objects } = await twoPosts();
  objects.remove(leaseOf('a'));
  await eventually(() => led.length === 3);
  expect([led[2], lost]).toEqual(['a', ['a: taken: its Lease was deleted']]);
  const { holderIdentity } = objects.at(leaseOf('a'))['spec'] as { readonly holderIdentity: string };
  const held = objects.at(leaseOf('a')).metadata.resourceVersion;
  await eventually(() => objects.at(leaseOf('a')).metadata.resourceVersion !== held);
  expect(objects.at(leaseOf('a'))['spec']).toMatchObject({ holderIdentity });
  expect(lines.filter(({ msg }) => msg === 'the Lease is not as it should be')).toEqual([]);
});

it('leaves nothing running, and its Lease free, where the API of who leads can not be opened', async () => {
  const objects = await startKubeObjects();
  const { log } = logLines();
  const own = ownDoor({ host: '127.0.0.1', port: 0 }, version);
  let served = 0;
  const serve: typeof own.serve = (options) => {
    served += 1;
    if (served === 2) throw new Error('no door');
    return own.serve(options);
  };
  const { calls, client } = objects.server;
  const over = await keepPost({
    ...{ ...kept, access: client().access, door: { ...own, serve }, log, namespace: 'a' },
    ...{ leads: () => undefined, lost: () => undefined, stop: new AbortController().signal },
  });
  expect(over).toMatchObject({ ok: false, error: { message: expect.stringContaining('no door') } });
  expect(objects.at(leaseOf('a'))['spec']).toMatchObject({ holderIdentity: '' });
  await eventually(() => calls.every(({ response }) => response.closed));
});
