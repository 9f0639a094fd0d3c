/** A WebSocket and a gRPC stream open over a rollback: no new request reaches the canary after weight 0, and after `drain` no open stream either. */
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sniffProtocol } from '../../src/router/proxy/sniff-protocol.ts';
import { ProxyControl } from '../../src/router/proxy-control.ts';
import { type AtEnd, endOf } from '../support/at-end.ts';
import { eventually, patienceMs } from '../support/eventually.ts';
import { echoing, grpcMessage } from '../support/grpc-backend.ts';
import { begin, type Call, session } from '../support/grpc-calls.ts';
import { needs } from '../support/needs.ts';
import { must } from '../support/proxy.ts';
import { ended } from '../support/standing.ts';
import { startWorld } from '../support/world.ts';

interface Canary {
  readonly url: string;
  /** When it got its last plain request, epoch ms. */
  lastRequestAtMs(): number;
}

/** Healthy, with a metrics page; switches to WebSocket, and speaks gRPC on the same port. */
async function startCanary(atEnd: AtEnd): Promise<Canary> {
  let [last, served] = [0, 0];
  const server = createServer((request, response) => {
    if (request.url === '/metrics') {
      return void response.end(
        `process_start_time_seconds 1\nhttp_requests_total{code="200"} ${served}\nhttp_requests_total{code="500"} 0\n`,
      );
    }
    if (request.url !== '/healthz') {
      last = Date.now();
      served++;
    }
    response.end('ok');
  });
  server.on('upgrade', ({ headers }, socket) => {
    const key = `${headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
    const accept = createHash('sha1').update(key).digest('base64');
    socket.on('error', () => {});
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    );
  });
  const calls = createHttp2Server().on('stream', echoing());
  const open = new Set<Socket>();
  const door = createTcpServer((socket) => {
    open.add(socket);
    socket.on('error', () => {});
    sniffProtocol(socket, patienceMs, (protocol) => {
      if (protocol === 'http2') return calls.emit('connection', socket);
      server.emit('connection', socket);
      return socket.resume();
    });
  });
  await new Promise<void>((resolve) => door.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    for (const socket of open) socket.destroy();
    door.close();
  });
  return { url: `http://127.0.0.1:${(door.address() as AddressInfo).port}`, lastRequestAtMs: () => last };
}

interface OpenSocket {
  closedAtMs(): number | null;
}

/** Of a few users who want one, the first whom the canary got: stable does not switch. Answers when it was closed. */
async function openOnCanary(url: string, atEnd: AtEnd): Promise<OpenSocket> {
  return eventually(
    () =>
      new Promise<OpenSocket | null>((resolve) => {
        const socket = new WebSocket(url);
        let closedAtMs: number | null = null;
        atEnd(() => socket.close());
        socket.onopen = () => resolve({ closedAtMs: () => closedAtMs });
        socket.onclose = () => {
          closedAtMs = Date.now();
          resolve(null);
        };
      }),
  );
}

const word = grpcMessage('here');

interface OpenCall {
  readonly call: Call;
  endedAtMs(): number | null;
}

/** Of a few calls, the first that the canary took: stable speaks no gRPC. */
async function callOnCanary(url: string, atEnd: AtEnd): Promise<OpenCall> {
  const client = session(url, atEnd);
  return eventually(async () => {
    const call = begin(client);
    const ends: number[] = [];
    void call.ended.then(() => ends.push(Date.now()));
    call.stream.write(word);
    await eventually(() => call.received === String(word) || ends.length > 0);
    return ends.length === 0 ? { call, endedAtMs: () => ends[0] ?? null } : null;
  });
}

describe.runIf(needs('prometheus'))('a WebSocket and a gRPC stream on the canary', { timeout: 120_000 }, () => {
  it('outlive weight 0, and are ended by the drain; the report gives both times', async (test) => {
    const atEnd = endOf(test);
    // Four seconds of the test's: its time runs 60 times as fast.
    const [drain, drainMs] = ['4m', 4_000];
    const world = await startWorld(test, { plan: { drain }, proxy: { grpc: 'pass' } });
    const canary = await startCanary(atEnd);
    await world.startEndpoints('v2', [canary.url]);
    await world.until(({ weight }) => weight.applied === 25);
    const { listen } = must(await new ProxyControl(join(world.policyDir, 'proxy.sock')).state());
    const socket = await openOnCanary(`ws://${listen}`, atEnd);
    const stream = await callOnCanary(`http://${listen}`, atEnd);
    expect([socket.closedAtMs(), stream.endedAtMs()]).toEqual([null, null]);

    await world.order('abort');
    await world.until(({ rollback }) => rollback?.zeroAtMs !== null && rollback?.zeroAtMs !== undefined);
    expect([socket.closedAtMs(), stream.endedAtMs()]).toEqual([null, null]);
    stream.call.stream.write(word);
    await eventually(() => stream.call.received === String(Buffer.concat([word, word])));
    const { phase, rollback } = await world.until(ended);
    expect(phase).toBe('rolledBack');
    const [zeroAtMs, emptyAtMs] = [rollback?.zeroAtMs ?? 0, rollback?.emptyAtMs ?? 0];
    expect(canary.lastRequestAtMs()).toBeLessThanOrEqual(zeroAtMs);
    await eventually(() => socket.closedAtMs() !== null && stream.endedAtMs() !== null);
    expect(stream.call.trailers['grpc-status']).toBe('14');
    expect((stream.endedAtMs() ?? 0) - zeroAtMs).toBeGreaterThan(drainMs / 2);
    expect((socket.closedAtMs() ?? 0) - zeroAtMs).toBeGreaterThan(drainMs / 2);
    expect(emptyAtMs - zeroAtMs).toBeGreaterThan(drainMs / 2);
    const report = await world.sluice('report', 'app');
    expect(report.out).toMatch(/Weight 0\*\*: .* after the decision/);
    expect(report.out).toMatch(/Last request ended\*\*: .* after weight 0/);
  });
});
