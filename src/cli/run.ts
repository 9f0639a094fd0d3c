/** `sluice run POLICY...`: the controller in one process, until it is told to stop. */
import { once } from 'node:events';
import type { Command } from 'commander';
import type { Controller } from '../controller.ts';
import { ok, type Result } from '../lib/result.ts';
import { takeFromEnvironment } from '../lib/secret/read-secret.ts';
import { variablesIn } from '../lib/secret/secret-ref.ts';
import type { Policy } from '../release/policy.ts';
import type { TrailedStore } from '../release/trail.ts';
import type { RunningProxy } from '../router/proxy-process.ts';
import { type Key, readKeys } from '../server/http-token.ts';
import { createLoggerPino } from '../telemetry/logger-pino.ts';
import { type Context, runWith } from './context.ts';
import { boundOf, type SharedOptions, withControllerOptions } from './controller-options.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { readPolicies } from './read-policies.ts';
import { toldToStop } from './told-to-stop.ts';
import { sluiceVersion } from './version.ts';

interface RunOptions extends SharedOptions {
  readonly state: string;
  readonly readTokenFile?: string;
}

const example = `
Examples:
  $ sluice run policy.yaml
  $ sluice run app.yaml shop.yaml --state /var/lib/sluice
  $ sluice run policy.yaml --compress 60   # a rehearsal: minutes become seconds
  $ sluice run policy.yaml --listen 127.0.0.1:7582   # a standby, which waits

Ctrl-C stops the controller only: the data plane and the instances run on, and
the next run takes them up again. A second run on the same folder is the
standby: it takes over at once when the first one ends, and within 15 s when
that one hangs, which it ends first.`;

export const registerRun = (program: Command): void => {
  const command = program
    .command('run')
    .description('run the controller for these policies, in one process')
    .argument('<policy...>', 'policy files')
    .option('--state <folder>', 'folder of the state; one controller owns it, others wait', '.sluice')
    .option('--read-token-file <file>', 'tokens for those who may read and not act; beside --token-file')
    .addHelpText('after', example);
  withControllerOptions(command).action(runWith(run));
};

const run = async (context: Context, files: readonly string[], options: RunOptions): Promise<ExitCode> => {
  const policies = await readPolicies(files);
  if (!policies.ok) return context.fail(policies.error);
  const keys = await keysIn(context.tokenFile, options.readTokenFile ?? null);
  if (!keys.ok) return context.fail(keys.error.message);
  const { listen, state } = options;
  const stop = toldToStop();
  // Loaded here only: no other command needs the controller and its libraries.
  const { awaitTurn } = await import('./await-turn.ts');
  const store = await awaitTurn(context, {
    stateDir: state,
    bound: boundOf(options),
    ...listen,
    keys: keys.value,
    stop,
  });
  if (store === null) return exitCodes.ok;
  if (!store.ok) return context.fail(store.error.message);
  // A standby may have waited for months; what was readable then serves where a file is broken now.
  const newest = await readPolicies(files);
  if (!newest.ok) context.remark(newest.error);
  const known = newest.ok ? newest.value : policies.value;
  return lead(context, { ...options, policies: known, keys: keys.value, store: store.value, stop });
};

const keysIn = async (actFile: string | null, readFile: string | null): Promise<Result<readonly Key[]>> => {
  const act = actFile === null ? ok([]) : await readKeys(actFile);
  if (!act.ok) return act;
  const read = readFile === null ? ok([]) : await readKeys(readFile, 'read');
  return read.ok ? ok([...act.value, ...read.value]) : read;
};

interface Lead extends RunOptions {
  readonly policies: readonly Policy[];
  readonly keys: readonly Key[];
  readonly store: TrailedStore;
  readonly stop: AbortSignal;
}

const lead = async (context: Context, options: Lead): Promise<ExitCode> => {
  const { compress, keys, listen, logLevel, policies, state, stop, store } = options;
  const { startController } = await import('../controller.ts');
  takeFromEnvironment(variablesIn(policies.map(({ checks, notify }) => [checks, notify])));
  const controller = await startController({
    ...{ policies, stateDir: state, listen, keys, store },
    compression: compress,
    version: sluiceVersion(),
    log: createLoggerPino({ level: logLevel }),
    lostLead: () =>
      process.exit(context.fail('another controller leads on this state folder now: nothing more is written')),
  });
  if (!controller.ok) return context.fail(controller.error.message);
  for (const line of [...greeting(controller.value, compress), ...(await movedOn(controller.value))])
    context.print(line);
  if (!stop.aborted) await once(stop, 'abort');
  context.remark('stopping: writes under way are finished; data plane and instances run on');
  await controller.value.stop();
  return exitCodes.ok;
};

const greeting = ({ url, services }: Controller, compress: number): readonly string[] => [
  `sluice serves ${[...services.keys()].join(', ')}; API at ${url}`,
  ...[...services.values()].map(({ policy, proxy }) => `${policy.name}: users connect to ${frontOf(policy, proxy)}`),
  ...(compress === 1 ? [] : [`rehearsal: every duration of plans and rules is divided by ${compress}`]),
];

const frontOf = ({ traffic }: Policy, proxy: RunningProxy | null): string =>
  traffic.kind === 'haproxy' ? `haproxy, whose backend ${traffic.backend} is split` : `http://${proxy?.listen ?? ''}`;

/** A policy file says what was stable first; what is stable now is known better by the store. */
const movedOn = async ({ controls, services }: Controller): Promise<readonly string[]> => {
  const known = await controls.policies();
  return (known.ok ? known.value : []).flatMap(({ name, stable }) => {
    const first = services.get(name)?.policy.target.revision;
    if (stable === null || stable === first) return [];
    return [
      `${name}: ${stable} is stable by now; the file's ${first ?? 'target'} was the first, start a release to change it`,
    ];
  });
};
