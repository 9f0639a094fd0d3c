import { expect, test } from 'vitest';
import { Arrivals } from '../../src/cli/demo/arrivals.ts';
import { type Load, type LoadSettings, loadProcessPath, startLoad } from '../../src/cli/demo/load.ts';
import { loopbackUrl } from '../../src/cli/demo/loopback-url.ts';
import { seededRandom } from '../../src/cli/demo/seeded-random.ts';
import { eventually } from '../support/eventually.ts';
import { endAtLast, isAlive, startProcess } from '../support/process.ts';
import { startSampleService } from '../support/sample-service.ts';

function load(settings: LoadSettings): Load {
  const started = startLoad(settings);
  if (!started.ok) throw new Error(started.error.message);
  endAtLast(started.value.pid);
  return started.value;
}

test('sends at the rate asked for, and counts classes and versions', async () => {
  const { url } = await startSampleService({ VERSION: 'v3', ERROR_RATE: '0.5', SEED: '1' });
  const report = await load({ url, ratePerSecond: 200, seconds: 1.5, arrivals: 'paced' }).ended;
  if (report === null) throw new Error('no report');
  const { sent, classes, versions, latencyMs } = report.total;
  const asked = (200 * report.elapsedMs) / 1_000;
  expect(sent).toBeGreaterThan(0.8 * asked);
  expect(sent).toBeLessThanOrEqual(asked + 1);
  expect(classes['2xx'] + classes['5xx']).toBe(sent);
  expect(Math.abs(classes['5xx'] - sent / 2)).toBeLessThan(5 * Math.sqrt(sent / 4));
  expect(versions).toEqual({
    v3: { succeeded: classes['2xx'], failed: classes['5xx'], firstFailedAtMs: expect.any(Number) },
  });
  const sinceFirstFailure = Date.now() - (versions['v3']?.firstFailedAtMs ?? 0);
  expect(sinceFirstFailure).toBeGreaterThan(1_000);
  expect(sinceFirstFailure).toBeLessThan(20_000);
  expect(latencyMs.p50).toBeGreaterThan(0);
  expect(latencyMs.p99).toBeLessThanOrEqual(latencyMs.max);
  expect(report.inFlight).toBe(0);
});

test('the rate follows while it runs, and 0 pauses without counting as an interruption', async () => {
  const { url } = await startSampleService();
  const rates: number[] = [];
  const running = load({ url, ratePerSecond: 50, seconds: 60, onReport: ({ rate }) => rates.push(rate) });
  await eventually(() => (running.latest()?.total.sent ?? 0) > 10);
  running.setRate(0);
  const paused = await eventually(() => (running.latest()?.lastSecond.sent === 0 ? running.latest() : null));
  running.setRate(300);
  await eventually(() => (running.latest()?.lastSecond.sent ?? 0) > 200);
  const last = await running.stop();
  expect(last?.longestInterruptionMs).toBeLessThan(1_000);
  expect(last?.total.sent).toBeGreaterThan(paused.total.sent);
  expect(new Set(rates)).toEqual(new Set([50, 0, 300]));
});

test('what warms up can be left out of the count, its interruption included', async () => {
  const { url, control } = await startSampleService({ ERROR_RATE: '1' });
  const running = load({ url, ratePerSecond: 100, seconds: 60 });
  await eventually(() => (running.latest()?.longestInterruptionMs ?? 0) > 1_500);
  await control({ errorRate: 0 });
  running.countAnew();
  await eventually(() => (running.latest()?.total.versions['dev']?.succeeded ?? 0) > 50);
  const last = await running.stop();
  expect(last?.total.versions['dev']?.failed ?? 0).toBeLessThan(20);
  expect(last?.longestInterruptionMs).toBeLessThan(1_500);
});

test('what warmed up and is answered late, or never, counts nowhere', async () => {
  const { url, control } = await startSampleService();
  await control({ hang: true });
  const running = load({ url, ratePerSecond: 100, seconds: 60 });
  await eventually(() => (running.latest()?.inFlight ?? 0) > 50);
  running.setRate(0);
  running.countAnew();
  await eventually(() => running.latest()?.inFlight === 0);
  expect(running.latest()?.total).toMatchObject({ sent: 0, classes: { none: 0 }, versions: {} });
  await running.stop();
});

test('an outage is measured as the time without a success, and broken requests are counted as none', async () => {
  const service = await startSampleService();
  const running = load({ url: service.url, ratePerSecond: 100, seconds: 60 });
  await eventually(() => (running.latest()?.total.sent ?? 0) > 10);
  await service.process.end('SIGKILL');
  await eventually(() => (running.latest()?.longestInterruptionMs ?? 0) > 1_000);
  const last = await running.stop();
  expect(last?.total.classes.none).toBeGreaterThan(50);
  expect(last?.longestInterruptionMs).toBeGreaterThan(1_000);
});

test('a service that hangs does not slow the sending down', async () => {
  const { url, control } = await startSampleService();
  await control({ hang: true });
  const running = load({ url, ratePerSecond: 100, seconds: 60, arrivals: 'paced' });
  await eventually(() => (running.latest()?.inFlight ?? 0) > 150);
  expect(running.latest()?.lastSecond.sent).toBeGreaterThan(80);
  const last = await running.stop();
  expect(last?.inFlight).toBe(0);
  expect(last?.total.classes.none).toBe(last?.total.sent);
});

test('ends when its parent dies', async () => {
  const { url } = await startSampleService();
  const parent = startProcess([
    process.execPath,
    '--input-type=module',
    '-e',
    `const { startLoad } = await import(process.argv[1]);
     const started = startLoad({ url: process.argv[2], ratePerSecond: 10, seconds: 60 });
     console.log('load is ' + started.value.pid);`,
    new URL('../../src/cli/demo/load.ts', import.meta.url).pathname,
    url,
  ]);
  const [, pid = ''] = await parent.says(/load is (\d+)/);
  endAtLast(Number(pid));
  expect(isAlive(Number(pid))).toBe(true);
  await parent.end('SIGKILL');
  await eventually(() => !isAlive(Number(pid)));
});

test.each([
  ['http://10.0.0.1/', '10.0.0.1 is not this machine'],
  ['http://127.0.0.1.example.com/', '127.0.0.1.example.com is not this machine'],
  ['http://[::ffff:10.0.0.1]/', 'is not this machine'],
  ['https://127.0.0.1/', 'is not an http:// URL'],
  ['localhost:80', 'is not an http:// URL'],
])('refuses to send to %s', async (url, words) => {
  const refused = startLoad({ url, ratePerSecond: 1, seconds: 1 });
  expect(refused.ok ? 'sent' : refused.error.message).toContain(words);
  const byHand = startProcess([process.execPath, loadProcessPath, `--url=${url}`, '--rate=1', '--seconds=1']);
  expect(await byHand.exited).toBe(2);
  expect(byHand.output()).toContain(words);
});

test('localhost is made an address, whatever the hosts file says', () => {
  const url = loopbackUrl('http://localhost:8080/path?q=1');
  expect(url.ok ? url.value.href : null).toBe('http://127.0.0.1:8080/path?q=1');
});

test('arrivals come at the rate, random ones unevenly, and a pause of the process makes no burst', () => {
  const count = (kind: 'poisson' | 'paced') => {
    const arrivals = new Arrivals({ kind, ratePerSecond: 100, startMs: 0, random: seededRandom(5) });
    return Array.from({ length: 100 }, (_, step) => arrivals.due((step + 1) * 100).length);
  };
  const total = (counts: readonly number[]) => counts.reduce((sum, each) => sum + each, 0);
  expect(new Set(count('paced').slice(1))).toEqual(new Set([10]));
  expect(Math.abs(total(count('poisson')) - 1_000)).toBeLessThan(5 * Math.sqrt(1_000));
  expect(new Set(count('poisson')).size).toBeGreaterThan(5);
  const paused = new Arrivals({ kind: 'paced', ratePerSecond: 100, startMs: 0, random: seededRandom(5) });
  expect(paused.due(60_000).length).toBeLessThanOrEqual(1);
});
