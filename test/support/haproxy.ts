/** Real haproxy processes on the shipped sample configuration, ended by their id when the test is over. */
import { readFile, writeFile } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { RuntimeEndpoint } from '../../src/router/haproxy/endpoint.ts';
import { openPlane } from '../../src/router/haproxy/open-plane.ts';
import type { HaproxyPlane } from '../../src/router/haproxy/plane.ts';
import { HaproxyRouter } from '../../src/router/haproxy.ts';
import { HaproxyBackends } from '../../src/router/haproxy-backends.ts';
import { type AtEnd, atTestEnd } from './at-end.ts';
import { eventually, patienceMs } from './eventually.ts';
import { freePort } from './free-port.ts';
import { signalById, standStill, startProcess, type TestProcess } from './process.ts';
import { tempDir } from './temp-dir.ts';

const sample = fileURLToPath(new URL('../../deploy/haproxy.cfg', import.meta.url));

export interface TestHaproxy {
  readonly socketPath: string;
  /** `host:port` of the same runtime API. */
  readonly runtimeAddress: string;
  readonly configPath: string;
  /** Where users connect. */
  readonly origin: string;
  /** Its own exporter. */
  readonly metricsUrl: string;
  process(): TestProcess;
  /** What its runtime API answers to one line. */
  ask(line: string): Promise<string>;
  /** Kills it with SIGKILL and starts it again. */
  restart(): Promise<void>;
  /** As `systemctl reload` does: a new process takes over, the old one ends when it is done. */
  reload(): Promise<void>;
  start(): Promise<void>;
  /** Answers nothing and serves nobody until `goOn`, at the latest at the test's end. */
  hang(): Promise<void>;
  goOn(): void;
}

export interface HaproxyConfig {
  readonly dir?: string;
  /** Changes the sample's text. */
  readonly edit?: (text: string) => string;
  readonly atEnd?: AtEnd;
}

export async function startHaproxy({
  dir,
  edit = (text) => text,
  atEnd = atTestEnd,
}: HaproxyConfig = {}): Promise<TestHaproxy> {
  const folder = dir ?? (await tempDir(atEnd));
  const [users, metrics, runtime] = [await freePort(), await freePort(), await freePort()];
  const socketPath = join(folder, `h${users}.sock`);
  const configPath = join(folder, `h${users}.cfg`);
  const text = (await readFile(sample, 'utf8'))
    .replace('/run/haproxy/sluice.sock', socketPath)
    .replace('global\n', `global\n    stats socket ipv4@127.0.0.1:${runtime} level admin\n`)
    .replace('bind :8080', `bind 127.0.0.1:${users}`)
    .replace('127.0.0.1:8405', `127.0.0.1:${metrics}`);
  await writeFile(configPath, edit(text));
  const ask = (line: string) => askSocket(socketPath, line);
  const pid = async (): Promise<string> => /^Pid: (\d+)$/m.exec(await ask('show info'))?.[1] ?? '';
  let running: TestProcess;
  let hanging = 0;
  const start = async (): Promise<void> => {
    running = startProcess(['haproxy', '-W', '-f', configPath], { atEnd });
    await eventually(async () => (await pid()) !== '');
  };
  await start();
  return {
    socketPath,
    runtimeAddress: `127.0.0.1:${runtime}`,
    configPath,
    origin: `http://127.0.0.1:${users}`,
    metricsUrl: `http://127.0.0.1:${metrics}/metrics`,
    process: () => running,
    ask,
    start,
    hang: async () => {
      hanging = Number(await pid());
      await standStill(hanging, atEnd);
    },
    goOn: () => void signalById(hanging, 'SIGCONT'),
    restart: async () => {
      await running.end('SIGKILL');
      await eventually(async () => (await pid().catch(() => 'gone')) === 'gone');
      await start();
    },
    reload: async () => {
      const before = await pid();
      running.child.kill('SIGUSR2');
      await eventually(async () => !['', before].includes(await pid()));
    },
  };
}

export interface Split {
  readonly plane: HaproxyPlane;
  readonly router: HaproxyRouter;
  readonly backends: HaproxyBackends;
}

export interface SplitOptions {
  readonly deadlineMs?: number;
  readonly over?: RuntimeEndpoint['kind'];
}

const endpointOf = ({ runtimeAddress, socketPath }: TestHaproxy, over: RuntimeEndpoint['kind']): RuntimeEndpoint => {
  const { hostname: host, port } = new URL(`http://${runtimeAddress}`);
  return over === 'unix' ? { kind: 'unix', path: socketPath } : { kind: 'tcp', host, port: Number(port) };
};

const sampleServers = { stable: ['stable1', 'stable2'], canary: ['canary1', 'canary2'] } as const;

/** Sluice's side of it, as a controller opens it. */
export function openSplit(
  stateDir: string,
  haproxies: readonly TestHaproxy[],
  { deadlineMs = patienceMs, over = 'unix' }: SplitOptions = {},
): Split {
  const plane = openPlane({
    stateDir,
    endpoints: haproxies.map((haproxy) => endpointOf(haproxy, over)),
    backend: 'app',
    names: sampleServers,
    deadlineMs,
  });
  return { plane, router: new HaproxyRouter(plane), backends: new HaproxyBackends(plane) };
}

/** Weight of each server in service, as HAProxy has it; a server that is held out is not listed. */
export async function weightsIn(haproxy: TestHaproxy): Promise<Readonly<Record<string, number>>> {
  const lines = (await haproxy.ask('show servers state app')).split('\n').map((line) => line.split(' '));
  const rows = lines.filter((cells) => cells[1] === 'app' && (Number(cells[6]) & ~4) === 0);
  return Object.fromEntries(rows.map((cells) => [cells[3] ?? '', Number(cells[7])]));
}

const agent = new Agent({ keepAlive: true });

/** Body of one answer, over a kept connection. */
export const fetchText = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () => resolve(body)).on('error', reject);
    })
      .on('error', reject)
      .end();
  });

/** Who answered each of so many requests, one after the other. */
export async function answers(origin: string, requests: number): Promise<readonly string[]> {
  const all: string[] = [];
  while (all.length < requests) all.push(await fetchText(origin));
  return all;
}

const askSocket = (path: string, line: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = connect(path, () => socket.write(`${line}\n`));
    let text = '';
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString();
    });
    socket.on('end', () => {
      socket.destroy();
      resolve(text);
    });
    socket.on('error', reject);
  });
