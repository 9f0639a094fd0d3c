/** Switches of protocols through the proxy: offered, taken or declined, and then bytes both ways until somebody ends it. */
import { beforeAll, expect, test } from 'vitest';
import { suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { startTestProxy, type TestProxy } from '../../support/proxy.ts';
import { rawSocket } from '../../support/raw-socket.ts';
import { startSwitchingUpstream } from '../../support/switching-upstream.ts';
import { afterHead, switchedUser, switchWish } from '../../support/switching-user.ts';
import { startAnswering } from '../../support/upstream.ts';

const megabyte = 1024 * 1024;
const atEnd = suiteEnd();
let proxy: TestProxy;

beforeAll(async () => {
  proxy = await startTestProxy({ atEnd });
});

const count = (code: number, backend = 'stable') =>
  proxy.metric(`sluice_proxy_requests_total{backend="${backend}",revision="${backend}-rev",code="${code}"}`);

test('bytes pass both ways once the backend agrees, those sent with the request too, and are counted', async () => {
  const upstream = await startSwitchingUpstream();
  await proxy.aim({ stable: upstream.origin });
  const series = (direction: string) =>
    proxy.metric(`sluice_proxy_streamed_bytes_total{backend="stable",revision="stable-rev",direction="${direction}"}`);
  const [before, bytes] = [await count(101), await series('in')];
  const user = await switchedUser(proxy.origin(), `${switchWish({ 'X-Mine': '1' })}early `);
  user.socket.write('late');
  await eventually(() => afterHead(user) === 'early late');
  expect(user.text()).toMatch(/connection: upgrade\r\nupgrade: chat\r\n/i);
  expect(user.text()).toMatch(/x-from: backend\r\n/i);
  expect(upstream.switched[0]?.request.headers).toMatchObject({
    upgrade: 'chat',
    connection: 'upgrade',
    host: 'a',
    'x-mine': '1',
    'x-forwarded-for': '127.0.0.1',
  });
  expect((await count(101)) - before).toBe(1);
  expect((await series('in')) - bytes).toBe(10);
  expect(await series('out')).toBeGreaterThanOrEqual(10);
  expect(await proxy.metric('sluice_proxy_open_requests{backend="stable"}')).toBe(1);
  user.socket.destroy();
  await eventually(async () => (await proxy.metric('sluice_proxy_open_requests{backend="stable"}')) === 0);
  await eventually(() => upstream.switched[0]?.socket.destroyed);
});

test("node's own WebSocket gets through", async () => {
  const upstream = await startSwitchingUpstream({
    speak: ({ socket }) => socket.write(Buffer.from([0x81, 2, 0x68, 0x69])),
  });
  await proxy.aim({ stable: upstream.origin });
  const socket = new WebSocket(proxy.origin().replace('http', 'ws'));
  const said = await new Promise((resolve, reject) => {
    socket.onmessage = ({ data }) => resolve(data);
    socket.onerror = reject;
  });
  expect(said).toBe('hi');
  const closed = new Promise<number>((resolve) => {
    socket.onclose = ({ code }) => resolve(code);
  });
  upstream.switched[0]?.socket.destroy();
  expect(await closed).toBe(1006);
});

test('one side may end what it says and still listen', async () => {
  const upstream = await startSwitchingUpstream({
    speak: ({ socket }) => {
      let heard = '';
      socket.on('data', (chunk: Buffer) => {
        heard += chunk.toString();
      });
      socket.on('end', () => socket.end(`you said ${heard}`));
    },
  });
  await proxy.aim({ stable: upstream.origin });
  const user = await switchedUser(proxy.origin());
  user.socket.end('my piece');
  await eventually(() => user.ended() === 'close');
  expect(afterHead(user)).toBe('you said my piece');
  const other = await startSwitchingUpstream({ speak: ({ socket }) => void socket.end('goodbye') });
  await proxy.aim({ stable: other.origin });
  const listener = await switchedUser(proxy.origin());
  await eventually(() => listener.ended() === 'end');
  let heard = '';
  other.switched[0]?.socket.on('data', (chunk: Buffer) => {
    heard += chunk.toString();
  });
  listener.socket.end('and good night');
  await eventually(() => heard === 'and good night');
});

test('who reads slowly holds the other back', async () => {
  let written = 0;
  const upstream = await startSwitchingUpstream({
    speak: ({ socket }) => {
      const writeOn = () => {
        while (written < 96 && socket.write(Buffer.alloc(megabyte))) written++;
        if (written < 96) written++;
        else socket.end();
      };
      socket.on('drain', writeOn);
      writeOn();
    },
  });
  await proxy.aim({ stable: upstream.origin });
  const user = await switchedUser(proxy.origin());
  user.socket.pause();
  let before = -1;
  await eventually(
    () => {
      const still = written > 0 && written === before;
      before = written;
      return still;
    },
    { everyMs: 300 },
  );
  expect(written).toBeLessThan(48);
  user.socket.resume();
  await eventually(() => user.ended() !== null);
  expect(user.received().length).toBeGreaterThan(90 * megabyte);
});

test('a backend that declines answers like any other, and the connection ends', async () => {
  const upstream = await startAnswering('not here');
  await proxy.aim({ stable: upstream.origin });
  const user = await rawSocket(proxy.origin(), switchWish());
  await eventually(() => user.ended() !== null);
  expect(user.text()).toMatch(/^HTTP\/1\.1 200 /);
  expect(user.text()).toMatch(/connection: close/i);
  expect(afterHead(user)).toContain('not here');
  expect(await proxy.metric('sluice_proxy_open_requests{backend="stable"}')).toBe(0);
});

test.each([
  ['an offer of h2c', { Upgrade: 'h2c' }, ''],
  ['an offer of TLS', { Upgrade: 'TLS/1.2' }, ''],
  ['an offer without Connection', { Connection: 'keep-alive' }, ''],
  ['an offer with a body', { 'Transfer-Encoding': 'chunked' }, '0\r\n\r\n'],
])('%s is ignored, the request is served', async (_name, fields, body) => {
  const upstream = await startSwitchingUpstream({ answer: (incoming, response) => void incoming.pipe(response) });
  await proxy.aim({ stable: upstream.origin });
  const user = await rawSocket(proxy.origin(), `${switchWish(fields)}${body}`);
  await eventually(() => user.text().includes('HTTP/1.1 200 '));
  expect(upstream.seen.at(-1)?.headers).not.toHaveProperty('upgrade');
  expect(upstream.switched.length).toBe(0);
});

test('of several offers those that may be tunnelled are passed', async () => {
  const upstream = await startSwitchingUpstream({ protocol: 'chat' });
  await proxy.aim({ stable: upstream.origin });
  await switchedUser(proxy.origin(), switchWish({ Upgrade: 'h2c, chat, HTTP/2.0, other' }));
  expect(upstream.switched[0]?.request.headers.upgrade).toBe('chat, other');
});

test('a backend that switches to something else is at fault', async () => {
  const upstream = await startSwitchingUpstream({ protocol: 'surprise' });
  await proxy.aim({ stable: upstream.origin });
  const before = await count(502);
  const user = await rawSocket(proxy.origin(), switchWish());
  await eventually(() => user.ended() !== null);
  expect(user.text()).toMatch(/^HTTP\/1\.1 502 /);
  expect((await count(502)) - before).toBe(1);
});
