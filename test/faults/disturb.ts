/** What befalls everything at once, in the middle of a workload: leaders, their Lease, their metrics, the store of the cluster. */
import { setTimeout as delay } from 'node:timers/promises';
import { signalById } from '../support/process.ts';
import type { Disturbance, Fault } from './fault.ts';
import type { Ledger } from './ledger.ts';
import type { Scene } from './scene.ts';
import type { Workload } from './workloads.ts';

interface Disturbed {
  readonly fault: Fault;
  readonly ledger: Ledger;
  readonly amid: Workload['amid'];
}

/** Resolves when it is over. */
export async function disturb(scene: Scene, { amid, fault, ledger }: Disturbed): Promise<void> {
  if (fault.kind !== 'world') return;
  await amid(scene);
  ledger.struck();
  await worlds[fault.fault](scene);
}

/** Past the lease of 12 s. */
const stoppedMs = 16_000;

const worlds: Readonly<Record<Disturbance, (scene: Scene) => Promise<void>>> = {
  'two-controllers': async ({ controllers }) => {
    const before = controllers.newest;
    await controllers.start();
    await controllers.freeLease();
    await controllers.leads();
    await before.exited;
  },
  'leader-stopped': async ({ controllers }) => {
    const before = controllers.newest;
    signalById(before.pid, 'SIGSTOP');
    await controllers.start();
    await Promise.all([controllers.leads(), delay(stoppedMs)]);
    signalById(before.pid, 'SIGCONT');
    await before.exited;
  },
  'lease-deleted': async ({ api, controllers, namespace }) => {
    const before = controllers.newest;
    await api.delete(`/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases/sluice`);
    await controllers.start();
    await controllers.leads();
    await before.exited;
  },
  'metrics-down': async ({ metrics }) => {
    metrics('silent');
    await delay(3_000);
    metrics('speaking');
  },
  'etcd-killed': async ({ lab }) => {
    await lab.kill('etcd');
    await delay(1_000);
    await lab.start('etcd');
  },
  'etcd-stalled': async ({ lab }) => {
    const { pid = 0 } = lab.servers().find(({ name }) => name === 'etcd') ?? {};
    signalById(pid, 'SIGSTOP');
    await delay(4_000);
    signalById(pid, 'SIGCONT');
  },
};
