/** A built-in proxy as a real process of its own, with both backends, ended by its id when the test is over. */
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Result } from '../../src/lib/result.ts';
import type { ProxyWords } from '../../src/router/proxy/settings.ts';
import { ProxyRouter } from '../../src/router/proxy.ts';
import { ProxyBackends } from '../../src/router/proxy-backends.ts';
import { ProxyControl } from '../../src/router/proxy-control.ts';
import type { WriteProblem } from '../../src/router/router.ts';
import { type AtEnd, atTestEnd } from './at-end.ts';
import { eventually, patienceMs } from './eventually.ts';
import { startProcess, type TestProcess } from './process.ts';
import { tempDir } from './temp-dir.ts';

const entry = fileURLToPath(new URL('../../src/router/proxy/main.ts', import.meta.url));

export interface TestProxy {
  readonly dir: string;
  readonly socketPath: string;
  readonly router: ProxyRouter;
  readonly backends: ProxyBackends;
  /** Address of the process that runs now; it changes with `restart`. */
  origin(): string;
  process(): TestProcess;
  /** Kills it with SIGKILL and starts it again on its state. */
  restart(): Promise<void>;
  /** Points both backends, epoch 1; null leaves one as it is. */
  aim(targets: { readonly stable?: string; readonly canary?: string }): Promise<void>;
  /** Tells it new settings, in the epoch that it knows; those left out have their default. */
  configure(settings: ProxyWords): Promise<Result<unknown, WriteProblem>>;
  /** Gives the canary a share, as release `r1` and epoch 1. */
  weigh(canary: number): Promise<void>;
  /** Sample of the metrics, by its exact series name; 0 when there is none. */
  metric(series: string): Promise<number>;
}

export interface TestProxyOptions {
  readonly args?: readonly string[];
  readonly settings?: ProxyWords;
  readonly atEnd?: AtEnd;
}

export async function startTestProxy(options: TestProxyOptions = {}): Promise<TestProxy> {
  const { args = [], settings = {}, atEnd = atTestEnd } = options;
  const dir = await tempDir(atEnd);
  const socketPath = join(dir, 'proxy.sock');
  const told = ['--settings', JSON.stringify(settings), ...args];
  const command = ['--control', socketPath, '--listen', '127.0.0.1:0', '--state', join(dir, 'state.json'), ...told];
  const router = new ProxyRouter(socketPath, { deadlineMs: patienceMs });
  const backends = new ProxyBackends(socketPath, { deadlineMs: patienceMs });
  const control = new ProxyControl(socketPath, { deadlineMs: patienceMs });
  const start = async () => {
    const proxy = startProcess([process.execPath, entry, ...command], { atEnd });
    const [, address] = await proxy.says(/"listen":"([^"]+)"/);
    await eventually(async () => (await router.observe()).ok);
    return { proxy, origin: `http://${address}` };
  };
  let running = await start();
  return {
    dir,
    socketPath,
    router,
    backends,
    origin: () => running.origin,
    process: () => running.proxy,
    restart: async () => {
      await running.proxy.end('SIGKILL');
      running = await start();
    },
    aim: async (targets) => {
      for (const [backend, origin] of Object.entries(targets) as ['stable' | 'canary', string][]) {
        must(await backends.point({ backend, revision: `${backend}-rev`, endpoints: [origin], epoch: 1 }));
      }
    },
    configure: async (settings) => {
      const { epoch } = must(await router.observe());
      return control.call({ method: 'POST', path: '/settings', body: { epoch, settings } });
    },
    weigh: async (canary) => {
      const { version } = must(await router.observe());
      must(await router.write({ release: 'r1', epoch: 1, canary, ifVersion: version, latch: false }));
    },
    metric: (series) => readMetric(socketPath, series),
  };
}

/** The value of a result that may not have failed. */
export function must<T>(
  result:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly error: { readonly reason: string; readonly message: string } },
): T {
  if (!result.ok) throw new Error(`${result.error.reason}: ${result.error.message}`);
  return result.value;
}

async function readMetric(socketPath: string, series: string): Promise<number> {
  const text = await new Promise<string>((resolve, reject) => {
    const call = request({ socketPath, path: '/metrics', agent: new Agent() }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve(body));
    });
    call.on('error', reject).end();
  });
  const line = text.split('\n').find((sample) => sample.startsWith(`${series} `));
  return line === undefined ? 0 : Number(line.slice(series.length + 1));
}
