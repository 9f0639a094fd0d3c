/** Everything outside that a release asks or tells, and none of it ever answers. */
import { type AddressInfo, createServer } from 'node:net';
import type { AtEnd } from '../../support/at-end.ts';

export interface SilentWorld {
  readonly url: string;
  /** Connections that were taken, and left without an answer. */
  taken(): number;
}

export async function silentWorld(atEnd: AtEnd): Promise<SilentWorld> {
  let taken = 0;
  const silent = createServer((socket) => {
    taken += 1;
    socket.on('error', () => socket.destroy());
    atEnd(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  atEnd(() => void silent.close());
  return { url: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`, taken: () => taken };
}

/** Hooks, a health endpoint and an Alertmanager of a policy. `to`: how it names whom they ask; `more`: checks besides. */
export function silentChecks(to: object, more: readonly object[] = []): readonly object[] {
  const http = { ...to, timeout: '10m', retries: 0 };
  const stages = ['beforeTraffic', 'afterWeight', 'onRollback', 'onFailure'];
  return [
    { name: 'recorded', at: stages, onFail: 'record', http },
    { name: 'posted', at: ['beforeTraffic', 'afterWeight'], onFail: 'record', http: { ...http, event: 'structured' } },
    { name: 'needed', at: ['afterWeight'], http },
    { name: 'health', onFail: 'record', health: { ...to, every: '1s', timeout: '10m' } },
    { name: 'alerts', onFail: 'record', alertmanager: { source: 'alerts', labels: { service: 'app' }, every: '5s' } },
    ...more,
  ];
}
