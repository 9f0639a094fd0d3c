/** Switched connections and the split: dealt by weight, counted against whoever fails, ended by the drain and by a stop. */
import { Agent, request } from 'node:http';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { call } from '../../support/http-call.ts';
import { must, startTestProxy, type TestProxy } from '../../support/proxy.ts';
import { rawSocket } from '../../support/raw-socket.ts';
import { startSwitchingUpstream } from '../../support/switching-upstream.ts';
import { afterHead, switchedUser, switchWish } from '../../support/switching-user.ts';
import { deadOrigin, startAnswering } from '../../support/upstream.ts';

const atEnd = suiteEnd();
let proxy: TestProxy;

beforeAll(async () => {
  proxy = await startTestProxy({ atEnd });
});

const count = (code: number, backend = 'stable') =>
  proxy.metric(`sluice_proxy_requests_total{backend="${backend}",revision="${backend}-rev",code="${code}"}`);

test('a canary that can not be reached is a 502, counted against it', async () => {
  const stable = await startAnswering('stable');
  await proxy.aim({ stable: stable.origin, canary: await deadOrigin() });
  await proxy.weigh(100);
  onTestFinished(() => proxy.weigh(0));
  const before = await count(502, 'canary');
  const user = await rawSocket(proxy.origin(), switchWish());
  await eventually(() => user.ended() !== null);
  expect(user.text()).toMatch(/^HTTP\/1\.1 502 /);
  expect((await count(502, 'canary')) - before).toBe(1);
});

test('a connection that breaks ends the other', async () => {
  const upstream = await startSwitchingUpstream();
  await proxy.aim({ stable: upstream.origin });
  const [one, two] = [await switchedUser(proxy.origin()), await switchedUser(proxy.origin())];
  one.socket.resetAndDestroy();
  await eventually(() => upstream.switched[0]?.socket.destroyed);
  upstream.switched[1]?.socket.resetAndDestroy();
  await eventually(() => two.ended() !== null);
  await eventually(async () => (await proxy.metric('sluice_proxy_open_requests{backend="stable"}')) === 0);
});

test('switches are dealt by the weight like any request', async () => {
  const [stable, canary] = [await startSwitchingUpstream(), await startSwitchingUpstream()];
  await proxy.aim({ stable: stable.origin, canary: canary.origin });
  await proxy.weigh(25);
  onTestFinished(() => proxy.weigh(0));
  for (let round = 0; round < 100; round++) {
    if (round % 2 === 0) await switchedUser(proxy.origin());
    else await call(proxy.origin(), { agent: new Agent() });
  }
  const got = [stable, canary].map(({ seen, switched }) => seen.length + switched.length);
  expect(got).toEqual([75, 25]);
});

test('the drain ends the streams of the canary, and no others', async () => {
  const [stable, canary] = [await startSwitchingUpstream(), await startSwitchingUpstream()];
  await proxy.aim({ stable: stable.origin, canary: canary.origin });
  const staying = await switchedUser(proxy.origin());
  await proxy.weigh(100);
  const going = await switchedUser(proxy.origin());
  await proxy.weigh(0);
  going.socket.write('still here');
  await eventually(() => afterHead(going) === 'still here');
  expect(must(await proxy.router.observe()).canaryInFlight).toBe(1);
  expect(must(await proxy.router.closeStreams(1))).toBe(1);
  await eventually(() => going.ended() !== null);
  await eventually(() => canary.switched[0]?.socket.destroyed);
  staying.socket.write('untouched');
  await eventually(() => afterHead(staying) === 'untouched');
  expect(must(await proxy.router.observe()).canaryInFlight).toBe(0);
});

test('a second request behind one that is not answered yet can not switch', async () => {
  const upstream = await startSwitchingUpstream({ answer: () => {} });
  await proxy.aim({ stable: upstream.origin });
  const before = await proxy.metric('sluice_proxy_refused_requests_total{reason="upgrade"}');
  const user = await rawSocket(proxy.origin(), `GET /first HTTP/1.1\r\nHost: a\r\n\r\n${switchWish()}`);
  await eventually(() => user.ended() !== null);
  expect(user.text()).toBe('');
  expect((await proxy.metric('sluice_proxy_refused_requests_total{reason="upgrade"}')) - before).toBe(1);
  expect(upstream.switched.length).toBe(0);
});

test('a stop waits for streams no longer than its grace', async () => {
  const impatient = await startTestProxy({ args: ['--grace', '200'] });
  const upstream = await startSwitchingUpstream();
  await impatient.aim({ stable: upstream.origin });
  const user = await rawSocket(impatient.origin(), switchWish());
  await eventually(() => user.text().includes('101'));
  expect(await impatient.process().end('SIGTERM')).toBe(0);
  await eventually(() => user.ended() !== null);
});

test('a user that leaves before the backend agrees is no failure', async () => {
  const upstream = await startSwitchingUpstream();
  await proxy.aim({ stable: upstream.origin });
  const sent = request(proxy.origin(), { agent: new Agent(), headers: { Connection: 'Upgrade', Upgrade: 'chat' } });
  sent.on('error', () => {}).end();
  await new Promise((resolve) => sent.once('socket', resolve));
  sent.destroy();
  expect((await call(proxy.origin())).status).toBe(200);
});
