/** Figures of the built-in proxy: requests/s and latency of small answers, direct, through it, through a bare node:http proxy, and through HAProxy. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ProxyRouter } from '../../src/router/proxy.ts';
import { ProxyBackends } from '../../src/router/proxy-backends.ts';
import { ensureProxy, stopProxy } from '../../src/router/proxy-process.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';

interface Figures {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly failed: number;
}

const SECONDS = 5;
const ROUNDS = 3;
const CONNECTIONS = 16;
const TARGET = { perSecond: 10_000, addedP50Ms: 1, ofBare: 0.9 };

if (spawnSync('wrk', ['--version']).error) {
  console.log('proxy: NOT RUN: wrk is not installed (apt-get install wrk)');
  process.exit(process.env['CI'] ? 1 : 0);
}

const children: ChildProcess[] = [];
const stateDir = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
try {
  await run();
} finally {
  await stopProxy(join(stateDir, 'bench.sock'));
  for (const child of children) child.kill('SIGKILL');
  await rm(stateDir, { recursive: true, force: true });
}

async function run(): Promise<void> {
  const [stable, canary] = [await start('rig/small-answers.ts'), await start('rig/small-answers.ts')];
  const bare = await start('rig/bare-proxy.ts', stable);
  const proxy = await startOurs(stable, canary);
  const paths: Readonly<Record<string, string>> = {
    direct: stable,
    'bare node:http proxy': bare,
    'built-in proxy, 25 %': proxy,
    ...(await startHaproxy(stable, canary)),
  };
  // Code that has run for some seconds only is not compiled yet, and a proxy runs for months.
  for (const url of Object.values(paths)) await load(url);
  const measured: Record<string, Figures[]> = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, url] of Object.entries(paths)) (measured[name] ??= []).push(await load(url));
  }
  report(Object.fromEntries(Object.entries(measured).map(([name, rounds]) => [name, middle(rounds)])));
}

/** One thread, as the others have one; nothing where it is not installed. */
async function startHaproxy(stable: string, canary: string): Promise<Readonly<Record<string, string>>> {
  if (spawnSync('haproxy', ['-v']).error) {
    console.log('  beside HAProxy: NOT RUN: haproxy is not installed (apt-get install haproxy)');
    return {};
  }
  const port = await freePort();
  const file = join(stateDir, 'haproxy.cfg');
  const server = (name: string, url: string, weight: number) =>
    `  server ${name} ${new URL(url).host} weight ${weight}`;
  await writeFile(
    file,
    [
      'global',
      '  nbthread 1',
      'defaults',
      '  mode http',
      '  timeout connect 2s',
      '  timeout client 60s',
      '  timeout server 60s',
      'listen bench',
      `  bind 127.0.0.1:${port}`,
      server('stable', stable, 75),
      server('canary', canary, 25),
      '',
    ].join('\n'),
  );
  children.push(spawn('haproxy', ['-f', file], { stdio: ['ignore', 'ignore', 'inherit'] }));
  const url = `http://127.0.0.1:${port}`;
  await eventually(async () => (await fetch(url)).ok);
  return { 'HAProxy, 25 %': url };
}

async function startOurs(stable: string, canary: string): Promise<string> {
  const proxy = must(await ensureProxy({ stateDir, name: 'bench', listen: '127.0.0.1:0', epoch: 1 }));
  const backends = new ProxyBackends(proxy.socketPath);
  const router = new ProxyRouter(proxy.socketPath);
  must(await backends.point({ backend: 'stable', revision: 'v1', endpoints: [stable], epoch: 1 }));
  must(await backends.point({ backend: 'canary', revision: 'v2', endpoints: [canary], epoch: 1 }));
  const { version } = must(await router.observe());
  must(await router.write({ release: 'bench', epoch: 1, canary: 25, ifVersion: version, latch: false }));
  return `http://${proxy.listen}`;
}

/** Starts a script of this folder; answers the origin that it prints. */
function start(script: string, ...args: string[]): Promise<string> {
  const child = spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${script} ended with ${code}`)));
    child.stdout.once('data', (said: Buffer) => resolve(said.toString().trim()));
  });
}

async function load(url: string): Promise<Figures> {
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${SECONDS}s`, '--latency', url];
  const { stdout } = await promisify(execFile)('wrk', args);
  const number = (pattern: RegExp) => Number(pattern.exec(stdout)?.[1] ?? 0);
  return {
    perSecond: number(/Requests\/sec:\s+([\d.]+)/),
    p50Ms: milliseconds(/50%\s+(\S+)/.exec(stdout)?.[1]),
    p99Ms: milliseconds(/99%\s+(\S+)/.exec(stdout)?.[1]),
    failed: number(/Non-2xx or 3xx responses: (\d+)/),
  };
}

function milliseconds(text = ''): number {
  const [, value, unit = ''] = /^([\d.]+)(us|ms|s)$/.exec(text) ?? [];
  return Number(value) * ({ us: 0.001, ms: 1, s: 1_000 }[unit] ?? Number.NaN);
}

/** The round with the middle throughput. */
function middle(rounds: readonly Figures[]): Figures {
  const sorted = rounds.toSorted((a, b) => a.perSecond - b.perSecond);
  return sorted[Math.floor(sorted.length / 2)] as Figures;
}

function report(figures: Readonly<Record<string, Figures>>): void {
  const [direct, bare, ours, haproxy] = Object.values(figures) as [Figures, Figures, Figures, Figures?];
  console.log(
    `proxy: small answers, wrk -t1 -c${CONNECTIONS}, middle of ${ROUNDS} x ${SECONDS} s, ${availableParallelism()} cores`,
  );
  for (const [name, { perSecond, p50Ms, p99Ms, failed }] of Object.entries(figures)) {
    const added = `added p50 ${(p50Ms - direct.p50Ms).toFixed(2)} ms, p99 ${(p99Ms - direct.p99Ms).toFixed(2)} ms`;
    console.log(
      `  ${name.padEnd(22)} ${perSecond.toFixed(0).padStart(7)} requests/s   p50 ${p50Ms.toFixed(2)} ms   p99 ${p99Ms.toFixed(2)} ms   ${added}   failed ${failed}`,
    );
  }
  const addedP50 = ours.p50Ms - direct.p50Ms;
  const ofBare = ours.perSecond / bare.perSecond;
  const soon = ours.perSecond >= TARGET.perSecond && addedP50 <= TARGET.addedP50Ms;
  const reached = soon && ours.failed === 0 && ofBare >= TARGET.ofBare;
  const ofHaproxy = haproxy === undefined ? '' : `, ${(ours.perSecond / haproxy.perSecond).toFixed(2)} x HAProxy`;
  console.log(`  ${ofBare.toFixed(2)} x the bare proxy${ofHaproxy}`);
  console.log(
    `  reach >= ${TARGET.perSecond} requests/s, added p50 <= ${TARGET.addedP50Ms} ms, >= ${TARGET.ofBare} x the bare proxy, none failed: ${reached ? 'reached' : 'NOT REACHED'}`,
  );
}

function must<T>(
  result:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly error: { readonly message: string } },
): T {
  if (!result.ok) throw new Error(result.error.message);
  return result.value;
}
