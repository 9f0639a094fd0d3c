/** `sluice dead-man POLICY...`: takes the canary out of HAProxy when no controller shows itself on the state folder. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { formatDuration } from '../lib/duration.ts';
import { pause } from '../lib/pause.ts';
import type { HaproxyTraffic, Policy } from '../release/policy.ts';
import { type Context, runWith } from './context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { readPolicies } from './read-policies.ts';
import { durationOption } from './rules-online.ts';
import { toldToStop } from './told-to-stop.ts';

interface DeadManOptions {
  readonly state: string;
  readonly after: number;
}

const example = `
HAProxy has nobody inside who could do this; the built-in proxy has its own
switch (traffic.proxy.deadMansSwitch). A controller that was stopped on purpose
counts as gone, too, and so does one that fails at each start. The one that
returns holds its release and asks.

Examples:
  $ sluice dead-man policy.yaml --state /var/lib/sluice --after 60s`;

export const registerDeadMan = (program: Command): void => {
  program
    .command('dead-man')
    .description('beside HAProxy: take the canary out when no controller shows itself')
    .argument('<policy...>', 'policy files of the controller')
    .option('--state <folder>', "the controller's folder of the state", '.sluice')
    .addOption(
      new Option('--after <duration>', 'how long no controller may show itself; a standby takes 15s')
        .argParser(durationOption)
        .default(30_000, '30s'),
    )
    .addHelpText('after', example)
    .action(runWith(deadMan));
};

const lookEveryMs = 1_000;

/** Another folder would hold nothing of what a canary was given: then nothing could be taken away, and nobody would notice. */
const nobodyYet = (state: string): string =>
  `no controller has kept its state in ${state} yet (there is no sluice.db): waiting for the first one. Is it the folder of its --state?`;

const deadMan = async (context: Context, files: readonly string[], options: DeadManOptions): Promise<ExitCode> => {
  const policies = await readPolicies(files);
  if (!policies.ok) return context.fail(policies.error);
  if (!policies.value.some(isInHands))
    return context.fail(
      'no policy here is delivered through HAProxy by Sluice, so there is nothing to take out; the built-in proxy has its own switch: traffic.proxy.deadMansSwitch',
    );
  const stop = toldToStop();
  const [{ BeatWatch }, { storePath }] = await Promise.all([
    import('../wiring/beat-watch.ts'),
    import('../wiring/leader-file.ts'),
  ]);
  const watch = new BeatWatch(options.state, 'open');
  context.print(
    `watches the controller of ${options.state}: silent for ${formatDuration(options.after)}, it counts as gone`,
  );
  const done = new Set<string>();
  const isThere = (): boolean => existsSync(storePath(options.state));
  if (!isThere()) context.remark(nobodyYet(options.state));
  while (!stop.aborted) {
    if (!isThere()) {
      await pause(lookEveryMs, stop);
      continue;
    }
    const silentMs = watch.look() * lookEveryMs;
    if (silentMs < options.after) done.clear();
    const due = silentMs < options.after ? [] : policies.value.filter(({ name }) => !done.has(name));
    for (const policy of due) await switchOff(context, policy, { ...options, silentMs, done });
    await pause(lookEveryMs, stop);
  }
  return exitCodes.ok;
};

interface Silence extends DeadManOptions {
  readonly silentMs: number;
  /** Policies that need nothing more until a controller has been there again. */
  readonly done: Set<string>;
}

const isHaproxy = (traffic: Policy['traffic']): traffic is HaproxyTraffic => traffic.kind === 'haproxy';

/** Who only observes has promised to write nothing. */
const isInHands = ({ mode, traffic }: Policy): boolean => isHaproxy(traffic) && mode !== 'observe';

/** One that does not answer is tried again at the next look. */
async function switchOff(context: Context, policy: Policy, { done, silentMs, state }: Silence): Promise<void> {
  const { name, traffic } = policy;
  if (!isHaproxy(traffic) || !isInHands(policy)) return void done.add(name);
  const { haproxyPlane } = await import('../wiring/data-plane.ts');
  const plane = haproxyPlane(traffic, { stateDir: join(state, name), hands: 'on' });
  const off = await plane.switchOff({ atMs: Date.now(), silentMs });
  if (!off.ok) return context.remark(`${name}: ${off.error.message}`);
  done.add(name);
  const from = off.value.switchedOff?.from ?? 0;
  const silent = formatDuration(silentMs);
  context.print(
    `${name}: no controller for ${silent}; the canary ${from === 0 ? 'has nothing' : `had ${from} % and has nothing now`}`,
  );
}
