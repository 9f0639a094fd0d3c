import { describe, expect, it } from 'vitest';
import { AlertBook } from '../../src/checks/alert-book.ts';
import { postJson, testServer } from '../support/http-server.ts';

const alert = (status: string, alertname: string): object => ({
  status,
  labels: { alertname, service: 'app' },
  startsAt: '2026-11-30T01:00:00Z',
});

const message = (...alerts: readonly object[]): object => ({
  version: '4',
  status: 'firing',
  receiver: 'sluice',
  alerts,
});

describe('what an Alertmanager tells', () => {
  it('is known until it is resolved, or not told again for five hours', async () => {
    const alerts = new AlertBook();
    const { url } = await testServer({ alerts });
    const tell = (body: unknown) => postJson(`${url}/webhooks/alertmanager`, body);
    const told = await tell(message(alert('firing', 'A'), alert('firing', 'B')));
    expect(told).toMatchObject({ status: 200, body: { taken: 2, firing: 2 } });
    expect((await tell(message(alert('resolved', 'A')))).body).toEqual({ taken: 1, firing: 1 });
    const [known, ...more] = alerts.firing({ service: 'app' }, Date.now());
    expect([known, more.length]).toEqual([
      expect.objectContaining({
        labels: { alertname: 'B', service: 'app' },
        sinceMs: Date.parse('2026-11-30T01:00:00Z'),
      }),
      0,
    ]);
    const later = Date.now() + 5 * 3_600_000 + 1;
    expect([alerts.firing({ service: 'app' }, later), alerts.standing(later)]).toEqual([[], { kind: 'silent' }]);
  });

  it('is refused without a token, in another format, and beyond 64 KiB', async () => {
    const alerts = new AlertBook();
    const token = 'a-token-of-an-alertmanager';
    const { url } = await testServer({
      alerts,
      keys: [
        { name: 'alertmanager', token },
        { name: 'reader', token: 'a-token-of-a-reader-only', only: 'read' },
      ],
    });
    const tell = (body: unknown, given: string | null) =>
      postJson(`${url}/webhooks/alertmanager`, body, given === null ? {} : { authorization: `Bearer ${given}` });
    expect((await tell(message(), null)).status).toBe(401);
    expect((await tell(message(), 'a-token-of-a-reader-only')).status).toBe(403);
    expect((await tell(message(alert('firing', 'x'.repeat(70_000))), null)).status).toBe(401);
    expect(alerts.standing(Date.now())).toEqual({ kind: 'silent' });
    expect(await tell({ version: '3', alerts: [] }, token)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("no message of an Alertmanager's webhook") },
    });
    expect((await tell(message({ status: 'firing', labels: { a: 1 } }), token)).status).toBe(400);
    expect((await tell(message(alert('firing', 'x'.repeat(70_000))), token)).status).toBe(413);
  });

  it.each([
    ['left alerts out', 200, { ...message(), truncatedAlerts: 3 }],
    ['is too long', 413, message(alert('firing', 'x'.repeat(70_000)))],
    ['holds too many', 400, message(...Array.from({ length: 501 }, () => ({ status: 'firing', labels: {} })))],
    ['is not understood', 400, { version: '3' }],
  ])('says nothing of what it does not name where it %s', async (_name, status, body) => {
    const alerts = new AlertBook();
    const { url } = await testServer({ alerts });
    expect((await postJson(`${url}/webhooks/alertmanager`, body)).status).toBe(status);
    expect(alerts.standing(Date.now())).toMatchObject({ kind: 'cut' });
  });

  it('has no address where nobody hears it', async () => {
    const { url } = await testServer();
    expect((await postJson(`${url}/webhooks/alertmanager`, message())).status).toBe(404);
  });
});
