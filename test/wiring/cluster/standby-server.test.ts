import { pino } from 'pino';
import { expect, it } from 'vitest';
import { ownDoor } from '../../../src/server/door.ts';
import { startClusterStandby } from '../../../src/wiring/cluster/standby-server.ts';
import { atTestEnd } from '../../support/at-end.ts';
import { postJson } from '../../support/http-server.ts';
import { startKubeObjects } from '../../support/kube-objects.ts';

it('asks an Alertmanager to tell it again, on a connection that may lead to whoever leads', async () => {
  const { put, server: api } = await startKubeObjects();
  const started = await startClusterStandby({
    client: api.client(),
    namespace: 'shop',
    door: ownDoor({ host: '127.0.0.1', port: 0 }, '0.0.0'),
    reviewer: null,
    openMetrics: false,
    version: '0.0.0',
    log: pino({ level: 'silent' }),
  });
  if (!started.ok) throw new Error(started.error.message);
  atTestEnd(() => started.value.stop(100));
  const tell = () => postJson(`${started.value.url}/webhooks/alertmanager`, { version: '4', alerts: [] });
  expect(await tell()).toMatchObject({ status: 503, body: { reason: 'Standby' } });

  put('/apis/coordination.k8s.io/v1/namespaces/shop/leases/sluice', {
    spec: { holderIdentity: 'sluice-5f-abcde-1-0123abcd' },
  });
  const told = await tell();
  expect(told.body.message).toContain('sluice-5f-abcde leads');
  expect([told.status, told.headers.get('connection')]).toEqual([503, 'close']);
});
