/** `sluice status RELEASE --wait`: how it stands as an exit code, for scripts: promoted is 0. */
import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../lib/duration.ts';
import { explain } from '../report/explain.ts';
import type { ReleaseView } from '../report/release-view.ts';
import { type Context, runWith } from './context.ts';
import { emit } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { follow } from './follow.ts';
import { pickRelease } from './pick-release.ts';

interface StatusOptions {
  readonly wait?: true;
  readonly timeout?: number;
}

const help = `
Exit codes: 0 promoted (without --wait: or still under way), 1 rolled back or
failed, 2 timed out, 3 usage or I/O, 4 waiting for a person.

Examples:
  $ sluice status app
  $ sluice status app --wait --timeout 2h && echo 'v2 is stable'`;

export const registerStatus = (program: Command): void => {
  program
    .command('status')
    .description('say how a release stands, by exit code; --wait: once that is decided')
    .argument('[release]', 'id, beginning of an id, or policy; without it the one that runs')
    .option('--wait', 'wait until it is promoted, rolled back, or needs a person')
    .option('--timeout <duration>', 'with --wait: give up after this, as 30m or 2h; without it: never', duration)
    .addHelpText('after', help)
    .action(runWith(status));
};

const everyMs = 500;

/** A controller that restarts while somebody waits for it. */
const patienceMs = 60_000;

const status = async (context: Context, name: string | undefined, options: StatusOptions): Promise<ExitCode> => {
  const found = await pickRelease(context.api, name);
  if (!found.ok) return context.fail(found.error.message);
  const first = codeOf(found.value);
  if (first !== null || !options.wait) return told(context, found.value, first ?? exitCodes.ok);
  return wait(context, found.value, options.timeout ?? Number.POSITIVE_INFINITY);
};

const wait = (context: Context, first: ReleaseView, timeoutMs: number): Promise<ExitCode> => {
  const startedMs = performance.now();
  let [view, answeredMs] = [first, startedMs];
  return follow(async () => {
    const now = performance.now();
    const found = await context.api.release(first.id);
    if (found.ok) [view, answeredMs] = [found.value, now];
    else if (now - answeredMs > patienceMs) return context.fail(found.error.message);
    const code = codeOf(view);
    if (code !== null) return told(context, view, code);
    if (now - startedMs < timeoutMs) return null;
    return told(context, view, exitCodes.timedOut);
  }, everyMs);
};

/** Null: still under way. */
const codeOf = (view: ReleaseView): ExitCode | null => {
  if (view.result === 'succeeded') return exitCodes.ok;
  if (view.result !== 'running') return exitCodes.notDelivered;
  return view.attention === null ? null : exitCodes.needsPerson;
};

const told = (context: Context, view: ReleaseView, code: ExitCode): ExitCode => {
  const { where, why, next } = explain(view);
  const late = code === exitCodes.timedOut ? ['timed out; the release goes on'] : [];
  const lines = () => [where, ...why.map((reason) => `  why:   ${reason}`), `  next:  ${next}`, ...late];
  if (!context.quiet || context.format !== 'table') emit(context, { value: view, names: [view.id], lines });
  return code;
};

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === null) throw new InvalidArgumentError('Write a duration such as 90s, 30m or 1h30m.');
  return ms;
}
