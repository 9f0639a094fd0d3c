import { describe, expect, it } from 'vitest';
import { getJson, testServer } from '../support/http-server.ts';
import { span } from '../support/journal-spans.ts';
import { bakingRelease, rolledBackRelease, startedAtMs } from '../support/sample-release.ts';

const hold = (reason: string, atMs: number) =>
  ({ atMs, kind: 'decision', reason, message: reason, data: { decision: 'hold' } }) as const;

const namesIn = (items: unknown, key: string): readonly (string | undefined)[] =>
  (items as Readonly<Record<string, string>>[]).map((item) => item[key]);

describe('the history of a policy', () => {
  it('puts its releases side by side, newest first', async () => {
    const { url, controls } = await testServer();
    await controls.put(
      { ...rolledBackRelease(), id: 'app-1', weight: { ...rolledBackRelease().weight, reached: 25 } },
      [
        hold('StillBaking', startedAtMs),
        hold('Paused', startedAtMs + 60_000),
        { ...hold('Breach', startedAtMs + 700_000), data: { decision: 'rollback' } },
      ],
    );
    await controls.put(bakingRelease({ id: 'app-2', startedAtMs: startedAtMs + 1 }));
    const { body, status } = await getJson(`${url}/api/v1/policies/app/history`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      policy: 'app',
      totals: { rolledBack: 1, running: 1, succeeded: 0, medianSuccessMs: null },
    });
    expect(namesIn(body.releases, 'id')).toEqual(['app-2', 'app-1']);
    expect(body.releases[1]).toMatchObject({
      result: 'rolledBack',
      durationMs: 730_420,
      heldMs: 640_000,
      blindMs: 0,
      toZeroMs: 420,
      reachedPercent: 25,
      causeRule: 'error_rate',
      errorRate: { name: 'error_rate', unit: 'ratio', canary: 0.049, limitWords: '0.1 %', verdict: 'breach' },
      slow: { name: 'response_time_p95', canary: null, verdict: null },
    });
    const first = await getJson(`${url}/api/v1/policies/app/history?limit=1`);
    expect(first.body.releases).toHaveLength(1);
  });

  it('says how its releases change, and what it does not know', async () => {
    const { url, controls } = await testServer();
    const { id } = await controls.put(rolledBackRelease());
    const asked = `${url}/api/v1/policies/app/trends`;
    const first = await getJson(asked);
    expect(first.body).toMatchObject({ whole: { deployments: 1, failures: 1, falseAlarms: 0 } });
    expect((await getJson(`${asked}?by=month`)).body.period).toBe('month');
    expect(await getJson(`${asked}?by=year`)).toMatchObject({ status: 400, body: { reason: 'Invalid' } });
    expect((await getJson(`${url}/api/v1/policies/shop/trends`)).status).toBe(404);
    // What is remembered of it is not believed once it was saved again.
    const calledFalseAlarm = { who: 'ada', reason: 'false alarm', atMs: startedAtMs };
    await controls.put({ ...rolledBackRelease(), id, calledFalseAlarm });
    expect((await getJson(asked)).body).toMatchObject({ whole: { failures: 0, falseAlarms: 1 } });
  });

  it('is empty for a policy that was never released, and not found for one that nobody serves', async () => {
    const { url } = await testServer();
    expect((await getJson(`${url}/api/v1/policies/app/history`)).body.releases).toEqual([]);
    expect(await getJson(`${url}/api/v1/policies/shop/history`)).toMatchObject({
      status: 404,
      body: { reason: 'NotFound' },
    });
  });
});

describe('what is shown of one release', () => {
  it('has its charts', async () => {
    const { url, controls } = await testServer();
    const { id } = await controls.put(bakingRelease());
    for (const n of [1, 2, 3]) await controls.store.note(id, span(n));
    const { body } = await getJson(`${url}/api/v1/releases/app/chart`);
    expect(body).toMatchObject({ release: id, next: startedAtMs + 45_000, cut: false });
    expect(body.rules[0]).toMatchObject({
      rule: 'error_rate',
      unit: 'ratio',
      canary: [null, 0, 0],
      events: [250, 500, 750],
    });
    const later = await getJson(`${url}/api/v1/releases/app/chart?after=${startedAtMs + 30_000}`);
    expect(later.body.rules[0].atMs).toEqual([startedAtMs + 45_000]);
  });

  it('offers what may be ordered', async () => {
    const { url, controls } = await testServer();
    await controls.put(bakingRelease());
    const { body } = await getJson(`${url}/api/v1/releases/app`);
    expect(namesIn(body.actions, 'name')).toEqual(['pause', 'resume', 'promote', 'promoteFull', 'abort', 'retry']);
    expect(body.actions[0]).toMatchObject({ allowed: true, why: null, action: 'pause' });
  });
});
