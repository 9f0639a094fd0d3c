/** Everything that a demo runs on, in a folder of its own: controller, data plane, sample service, users. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { destination } from 'pino';
import { type Controller, startController } from '../../controller.ts';
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import { type RunningProxy, stopProxy } from '../../router/proxy-process.ts';
import { createLoggerPino } from '../../telemetry/logger-pino.ts';
import type { Service } from '../../wiring/service.ts';
import { sluiceVersion } from '../version.ts';
import { demoPolicy, policyName } from './demo-policy.ts';
import { type Guard, startGuard } from './guard.ts';
import { type Load, startLoad } from './load.ts';
import { sweep } from './sweep.ts';

export interface StageOptions {
  readonly factor: number;
  /** Of the API; 0: any free one. */
  readonly port: number;
}

export interface Stage {
  readonly controller: Controller;
  readonly service: Service;
  /** Where the users' requests go. */
  readonly url: string;
  /** The controller's log. */
  readonly logPath: string;
  /** Starts the users. */
  admit(ratePerSecond: number): Result<Load>;
  /** Ends every process, removes every file; answers what could not be. Twice has the effect of once. */
  close(): Promise<readonly string[]>;
}

/** Long enough for any story and for `--keep`; the load ends by itself after it, whatever became of the demo. */
const loadSeconds = 3_600;

/**
 *   open ──► controller, which starts proxy and v1 ──► admit: users ──► close: users, controller, instances, proxy, folder
 *        └─► guard: does the same when this process is killed
 */
export async function openStage(options: StageOptions): Promise<Result<Stage>> {
  const policy = await demoPolicy();
  if (!policy.ok) return policy;
  const dir = await mkdtemp(join(tmpdir(), 'sluice-demo-'));
  const guard = startGuard(dir);
  const logPath = join(dir, 'controller.log');
  const log = createLoggerPino({ level: 'info', stream: destination({ dest: logPath, sync: false }) });
  const controller = await startController({
    policies: [policy.value],
    stateDir: dir,
    listen: { host: '127.0.0.1', port: options.port },
    keys: [],
    compression: options.factor,
    version: sluiceVersion(),
    log,
  });
  const service = controller.ok ? controller.value.services.get(policyName) : undefined;
  const proxy = service?.proxy ?? null;
  if (!controller.ok || service === undefined || proxy === null) {
    const left = await sweep(dir);
    await guard.dismiss();
    return controller.ok ? failed(noService(left)) : controller;
  }
  return ok(standing({ dir, guard, logPath, controller: controller.value, service, proxy }));
}

type Parts = Pick<Stage, 'controller' | 'service' | 'logPath'> & {
  readonly dir: string;
  readonly guard: Guard;
  readonly proxy: RunningProxy;
};

function standing(parts: Parts): Stage {
  const { controller, service, logPath, proxy } = parts;
  const url = `http://${proxy.listen}/`;
  let load: Load | null = null;
  let closed: Promise<readonly string[]> | null = null;
  return {
    controller,
    service,
    url,
    logPath,
    admit: (ratePerSecond) => {
      const started = startLoad({ url, ratePerSecond, seconds: loadSeconds });
      if (started.ok) load = started.value;
      return started;
    },
    close: () => {
      closed ??= strike(parts, load);
      return closed;
    },
  };
}

/** Users first, so that nobody is turned away by what ends behind them. */
async function strike(
  { controller, service, dir, guard, proxy }: Parts,
  load: Load | null,
): Promise<readonly string[]> {
  await load?.stop();
  await controller.stop();
  await service.workload.stopAll();
  const stopped = await stopProxy(proxy.socketPath);
  if (!stopped.ok) return [stopped.error.message, `the folder is kept: ${dir}`];
  await rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  await guard.dismiss();
  return [];
}

const noService = (left: readonly string[]): Problem => ({
  reason: 'NoService',
  message: ['the controller does not serve the demo’s policy', ...left].join('; '),
  retryable: false,
});
