/** Everything outside that a release asks or tells, and none of it ever answers. */
import { type AddressInfo, createServer } from 'node:net';
import type { Api } from '../../lab/api/api.ts';
import type { AtEnd } from '../../support/at-end.ts';

export interface Outside {
  /** Of the operator, besides the metric source. */
  readonly settings: { readonly sources: object; readonly hooks: object; readonly notify: object };
  /** Of the policy. */
  readonly spec: object;
  /** What they need in the policy's namespace. */
  prepare(api: Api, namespace: string): Promise<unknown>;
  /** Connections that were taken, and left without an answer. */
  taken(): number;
}

/** Hooks over HTTP and as a Job, a health endpoint, an Alertmanager, and a receiver of notices. */
export async function everythingHangs(atEnd: AtEnd): Promise<Outside> {
  let taken = 0;
  const silent = createServer((socket) => {
    taken += 1;
    socket.on('error', () => socket.destroy());
    atEnd(() => void socket.destroy());
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  atEnd(() => void silent.close());
  const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  const stages = ['beforeTraffic', 'afterWeight', 'onRollback', 'onFailure'];
  const http = { to: 'silent', timeout: '10m', retries: 0 };
  const checks = [
    { name: 'recorded', at: stages, onFail: 'record', http },
    { name: 'posted', at: ['beforeTraffic', 'afterWeight'], onFail: 'record', http: { ...http, event: 'structured' } },
    { name: 'needed', at: ['afterWeight'], http },
    { name: 'job', at: ['afterWeight'], job: { cronJob: 'waits', timeout: '10m', retries: 0 } },
    { name: 'health', onFail: 'record', health: { to: 'silent', every: '1s', timeout: '10m' } },
    { name: 'alerts', onFail: 'record', alertmanager: { source: 'alerts', labels: { service: 'app' }, every: '5s' } },
  ];
  return {
    settings: {
      sources: { alerts: { alertmanager: { url } } },
      hooks: { silent: { url } },
      notify: { silent: { webhook: { url } } },
    },
    spec: { checks, notify: [{ to: 'silent' }] },
    prepare: (api, namespace) => api.apply(`/apis/batch/v1/namespaces/${namespace}/cronjobs/waits`, waits),
    taken: () => taken,
  };
}

const container = { name: 'waits', image: 'waits:1', command: ['sleep', '3600'] };

const waits = {
  ...{ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'waits' } },
  spec: {
    ...{ schedule: '0 0 1 1 *', suspend: true },
    jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', containers: [container] } } } },
  },
};
