import { describe, expect, it } from 'vitest';
import { ClusterView } from '../../../src/kube/view.ts';
import { PolicyTeller } from '../../../src/wiring/cluster/policy-teller.ts';
import { eventually } from '../../support/eventually.ts';
import { aStatus, type KubeCall, startKubeServer } from '../../support/kube-server.ts';
import { logLines } from '../../support/log-lines.ts';

const object = { metadata: { name: 'app', uid: 'u', resourceVersion: '1' } };
const health = (message: string) => ({
  ...{ stalled: null, rules: null, pending: null, releasing: null },
  missing: { reason: 'GivingBack', message },
});

/** Before a server that answers when the test does. */
async function aTeller() {
  const { calls, client } = await startKubeServer(() => undefined);
  let again = 0;
  const { log, lines } = logLines();
  const view = new ClusterView({ client: client(), paths: [], relistEveryMs: 3_600_000 });
  const scene = { client: client(), clock: { wallMs: () => 0, monotonicMs: () => 0 }, log, namespace: 'shop', view };
  const teller = new PolicyTeller(scene, () => again++);
  const tell = (message: string): void => teller.tell({ object, asked: null, health: health(message) });
  const asked = (count: number): Promise<KubeCall> => eventually(() => calls[count - 1] ?? null);
  return { asked, calls, lines, tell, teller, again: () => again };
}

describe('what a policy says of itself', () => {
  it('is written while everything else goes on, one write at a time, and what came meanwhile is looked at again', async () => {
    const { again, asked, calls, tell, teller } = await aTeller();
    tell('one');
    const first = await asked(1);
    tell('two');
    tell('three');
    expect([calls.length, again()]).toEqual([1, 0]);
    first.json(200, object);
    await teller.settled();
    expect([calls.length, again(), teller.isTold]).toEqual([1, 1, true]);
    tell('three');
    (await asked(2)).json(200, object);
    await teller.settled();
    expect([calls[1]?.body.includes('three'), again()]).toEqual([true, 1]);
  });

  it('is tried again in time where the server refuses it, and says so', async () => {
    const { again, asked, lines, tell, teller } = await aTeller();
    for (const count of [1, 2]) {
      tell('one');
      (await asked(count)).json(500, aStatus(500, 'InternalError', 'no'));
      await teller.settled();
      expect([teller.isTold, again()]).toEqual([false, 1]);
    }
    expect(lines.map(({ msg }) => msg)).toEqual(['status is not told', 'status is not told']);
  });
});
