import { describe, expect, it } from 'vitest';
import { LeaseElector, type LeaseTiming } from '../../src/kube/lease.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { atTestEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { type KubeObjects, startKubeObjects } from '../support/kube-objects.ts';

const path = '/apis/coordination.k8s.io/v1/namespaces/sluice/leases/controller';

/** Nothing is over by itself, however busy the machine: tests set the clocks. */
const timing: LeaseTiming = { durationMs: 3_600_000, deadlineMs: 1_800_000, renewEveryMs: 20, retryMs: 10 };

const afterDeadlineMs = 1_900_000;
const afterDurationMs = 3_700_000;

interface Campaign {
  readonly elector: LeaseElector;
  /** What it heard, in order: `elected`, or why it lost. */
  readonly heard: readonly string[];
  readonly epochs: readonly number[];
  stop(): Promise<void>;
}

interface Offset {
  ms: number;
}

function campaign(objects: KubeObjects, identity: string, offset: Offset = { ms: 0 }): Campaign {
  const heard: string[] = [];
  const epochs: number[] = [];
  const elector = new LeaseElector({
    client: objects.server.client({ writeWithinMs: 200 }),
    namespace: 'sluice',
    name: 'controller',
    identity,
    clock: { wallMs: systemClock.wallMs, monotonicMs: () => systemClock.monotonicMs() + offset.ms },
    timing,
    events: {
      elected: (epoch) => {
        heard.push('elected');
        epochs.push(epoch);
      },
      lost: (why) => heard.push(why),
      troubled: () => undefined,
    },
  });
  const ending = new AbortController();
  const run = elector.run(ending.signal);
  const stop = async (): Promise<void> => {
    ending.abort();
    await run;
  };
  atTestEnd(stop);
  return { elector, heard, epochs, stop };
}

const holder = (objects: KubeObjects): unknown =>
  (objects.at(path)['spec'] as { holderIdentity: string }).holderIdentity;

describe('an election by a Lease', () => {
  it('makes the Lease, keeps it, and gives it back at the end', async () => {
    const objects = await startKubeObjects();
    const first = campaign(objects, 'a');
    await eventually(() => first.elector.holds());
    const version = objects.at(path).metadata.resourceVersion;
    await eventually(() => objects.at(path).metadata.resourceVersion !== version);
    expect(objects.at(path)['spec']).toMatchObject({
      holderIdentity: 'a',
      renewTime: expect.stringMatching(/\.\d{6}Z$/),
    });
    await first.stop();
    expect(first.heard).toEqual(['elected', 'it was given back']);
    expect(holder(objects)).toBe('');
  });

  it('lets one act, and the next one when that one is gone without a word', async () => {
    const objects = await startKubeObjects();
    const offset = { ms: 0 };
    const first = campaign(objects, 'a', offset);
    await eventually(() => first.elector.holds());
    const second = campaign(objects, 'b', offset);
    await eventually(() => objects.server.calls.filter(({ method }) => method === 'GET').length > 3);
    // As killed: nothing it sends arrives any more.
    objects.before = ({ body }) => {
      if (body.includes('"holderIdentity":"a"')) throw new Error('unplugged');
    };
    offset.ms += afterDeadlineMs;
    await eventually(() => first.heard.length === 2);
    expect(second.elector.holds()).toBe(false);
    offset.ms += afterDurationMs;
    await eventually(() => second.elector.holds());
    expect(first.elector.holds()).toBe(false);
    expect(first.heard.at(-1)).toContain('not renewed');
    expect(second.epochs[0]).toBeGreaterThan(first.epochs[0] ?? Number.POSITIVE_INFINITY);
  });

  it('hands over at once when it is given back', async () => {
    const objects = await startKubeObjects();
    const first = campaign(objects, 'a');
    await eventually(() => first.elector.holds());
    const second = campaign(objects, 'b');
    await eventually(() => objects.server.calls.filter(({ method }) => method === 'GET').length > 3);
    expect(second.elector.holds()).toBe(false);
    await first.stop();
    await eventually(() => second.elector.holds());
  });

  it('does not look at what the record says of times: only its changes count', async () => {
    const objects = await startKubeObjects();
    const spec = {
      holderIdentity: 'z',
      leaseDurationSeconds: 1,
      renewTime: '2000-01-01T00:00:00.000000Z',
      leaseTransitions: 3,
    };
    objects.put(path, { metadata: { namespace: 'sluice' }, spec });
    const offset = { ms: 0 };
    const second = campaign(objects, 'b', offset);
    await eventually(() => objects.server.calls.length > 3);
    expect(second.elector.holds()).toBe(false);
    offset.ms += afterDurationMs;
    await eventually(() => second.elector.holds());
    expect(objects.at(path)['spec']).toMatchObject({ holderIdentity: 'b', leaseTransitions: 4 });
  });

  it('leaves a Lease alone that nobody can read, until it is silent', async () => {
    const objects = await startKubeObjects();
    objects.put(path, { metadata: { namespace: 'sluice' }, spec: { holderIdentity: 'a', leaseTransitions: 'many' } });
    const offset = { ms: 0 };
    const second = campaign(objects, 'b', offset);
    await eventually(() => objects.server.calls.length > 3);
    expect(second.elector.holds()).toBe(false);
    offset.ms += afterDurationMs;
    await eventually(() => second.elector.holds());
  });

  it('knows after a stop that its office is over, before anything is written', async () => {
    const objects = await startKubeObjects();
    const offset = { ms: 0 };
    const first = campaign(objects, 'a', offset);
    await eventually(() => first.elector.holds());
    // A stopped process wakes with this already so.
    offset.ms += afterDeadlineMs;
    expect(first.elector.holds()).toBe(false);
    await eventually(() => first.heard.length >= 2);
    expect(first.heard[1]).toContain('not renewed');
  });

  it('gives up when somebody else has the Lease, or when it was deleted; the epoch rises all the same', async () => {
    const objects = await startKubeObjects();
    const first = campaign(objects, 'a');
    await eventually(() => first.elector.holds());
    objects.remove(path);
    await eventually(() => first.epochs.length === 2);
    expect(first.heard).toEqual(['elected', 'its Lease was deleted', 'elected']);
    expect(first.epochs[1]).toBeGreaterThan(first.epochs[0] ?? Number.POSITIVE_INFINITY);
    objects.put(path, { ...objects.at(path), spec: { holderIdentity: 'thief', leaseDurationSeconds: 3600 } });
    await eventually(() => !first.elector.holds());
    expect(first.heard.at(-1)).toBe("it is thief's now");
  });

  it('goes on when the answer to a renewal was lost', async () => {
    const objects = await startKubeObjects();
    const first = campaign(objects, 'a');
    await eventually(() => first.elector.holds());
    objects.fault('answerLost');
    const { calls } = objects.server;
    const before = calls.length;
    await eventually(() => calls.length > before + 4);
    expect(first.heard).toEqual(['elected']);
    expect(first.elector.holds()).toBe(true);
  });

  it('elects one of many', async () => {
    const objects = await startKubeObjects();
    const all = ['a', 'b', 'c', 'd'].map((identity) => campaign(objects, identity));
    await eventually(() => all.some(({ elector }) => elector.holds()));
    const reads = objects.server.calls.length;
    await eventually(() => objects.server.calls.length > reads + 20);
    expect(all.filter(({ heard }) => heard.length > 0)).toHaveLength(1);
  });
});
