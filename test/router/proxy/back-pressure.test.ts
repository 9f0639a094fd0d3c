/** Bodies of hundreds of megabytes and a side that does not take them: the other is held back, and the proxy's memory stays what it was. */
import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { connect } from 'node:http2';
import type { Duplex, Readable } from 'node:stream';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { eventually } from '../../support/eventually.ts';
import { startGrpcBackend } from '../../support/grpc-backend.ts';
import { startTestProxy, type TestProxy } from '../../support/proxy.ts';
import { standsStill } from '../../support/stands-still.ts';
import { startUpstream } from '../../support/upstream.ts';

const megabyte = 1024 * 1024;
const total = 300 * megabyte;
const piece = Buffer.alloc(256 * 1024);

/** What systems and libraries hold on their way; three times as much is far from all of it. */
const heldAtMost = total / 4;

let proxy: TestProxy;

beforeEach(async () => {
  proxy = await startTestProxy({ settings: { grpc: 'pass' } });
});

/** The most memory that the process ever had, bytes. */
const peak = (): number => {
  const status = readFileSync(`/proc/${proxy.process().pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
};

interface Flow {
  /** Taken so far by the side that sends. */
  sent(): number;
  readonly ended: Promise<unknown>;
}

/** Writes as much as is taken, and then ends. */
function pour(into: Duplex | NodeJS.WritableStream): Flow {
  let sent = 0;
  const writeOn = (): void => {
    while (sent < total) {
      sent += piece.length;
      if (!into.write(piece)) return;
    }
    into.end();
  };
  const ended = new Promise((resolve) => into.once('finish', resolve));
  into.on('drain', writeOn);
  writeOn();
  return { sent: () => sent, ended };
}

/** Reads it to its end, and answers how much it was. */
async function drink(from: Readable): Promise<number> {
  let bytes = 0;
  for await (const chunk of from) bytes += (chunk as Buffer).length;
  return bytes;
}

interface Way {
  readonly flow: Flow;
  /** The side that did not take anything. */
  readonly taker: Readable;
}

const uploads: Readonly<Record<string, () => Promise<Way>>> = {
  'HTTP/1.1': async () => {
    const upstream = await startUpstream((_incoming, response) => void response);
    await proxy.aim({ stable: upstream.origin });
    const flow = pour(request(proxy.origin(), { agent: new Agent(), method: 'POST' }).on('error', () => {}));
    return { flow, taker: await eventually(() => upstream.seen[0]) };
  },
  'HTTP/2': async () => {
    const upstream = await startUpstream((_incoming, response) => void response);
    await proxy.aim({ stable: upstream.origin });
    const flow = pour(stream({}));
    return { flow, taker: await eventually(() => upstream.seen[0]) };
  },
  gRPC: async () => {
    const takers: Readable[] = [];
    const backend = await startGrpcBackend((taker) => void takers.push(taker));
    await proxy.aim({ stable: backend.origin });
    const flow = pour(stream({ 'content-type': 'application/grpc' }));
    return { flow, taker: await eventually(() => takers[0]) };
  },
};

const downloads: Readonly<Record<string, () => Promise<Way>>> = {
  'HTTP/1.1': async () => {
    const { flow, origin } = await pouring();
    await proxy.aim({ stable: origin });
    const sent = request(proxy.origin(), { agent: new Agent() }).on('error', () => {});
    sent.end();
    const taker = await new Promise<Readable>((resolve) => sent.once('response', resolve));
    return { flow: await eventually(flow), taker };
  },
  'HTTP/2': async () => {
    const { flow, origin } = await pouring();
    await proxy.aim({ stable: origin });
    const taker = stream({});
    taker.end();
    return { flow: await eventually(flow), taker };
  },
  gRPC: async () => {
    const flows: Flow[] = [];
    const backend = await startGrpcBackend((answer) => {
      answer.respond({ ':status': 200, 'content-type': 'application/grpc' });
      flows.push(pour(answer));
    });
    await proxy.aim({ stable: backend.origin });
    const taker = stream({ 'content-type': 'application/grpc' });
    taker.end();
    return { flow: await eventually(() => flows[0]), taker };
  },
};

function stream(headers: Readonly<Record<string, string>>) {
  const client = connect(proxy.origin()).on('error', () => {});
  onTestFinished(() => client.destroy());
  return client.request({ ':method': 'POST', ':path': '/', ...headers }).on('error', () => {});
}

async function pouring() {
  const flows: Flow[] = [];
  const { origin } = await startUpstream((_incoming, response) => void flows.push(pour(response)));
  return { origin, flow: () => flows[0] };
}

const ways = [
  ...Object.entries(uploads).map(([name, begin]) => [`an upload over ${name}`, begin] as const),
  ...Object.entries(downloads).map(([name, begin]) => [`a download over ${name}`, begin] as const),
];

test.each(ways)('%s', async (_name, begin) => {
  const before = peak();
  const { flow, taker } = await begin();
  taker.pause();
  await standsStill(flow.sent);
  expect(flow.sent()).toBeLessThan(heldAtMost);
  const held = peak();
  expect(held - before).toBeLessThan(heldAtMost);
  expect(await drink(taker)).toBe(total);
  await flow.ended;
  console.log(
    _name,
    'held',
    Math.round((held - before) / megabyte),
    'whole',
    Math.round((peak() - before) / megabyte),
    'sent',
    flow.sent() / megabyte,
  );
  expect(peak() - before).toBeLessThan(total / 2);
});
