/** `sluice status RELEASE --wait`: how it stands as an exit code, for scripts: promoted is 0. */
import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../lib/duration.ts';
import { ok, type Result } from '../lib/result.ts';
import { explain } from '../report/explain.ts';
import type { ReleaseView } from '../report/release-view.ts';
import { type AskedRelease, askedRelease } from './asked-release.ts';
import { type Context, runWith } from './context.ts';
import { emit } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { follow } from './follow.ts';

interface StatusOptions {
  readonly wait?: true;
  readonly timeout?: number;
}

const help = `
Exit codes: 0 promoted (without --wait: or still under way), 1 rolled back or
failed, 2 timed out, 3 usage or I/O, 4 waiting for a person.

Of a policy in a cluster it is the release of what its Deployment asks for now:
right after \`kubectl apply\`, --wait waits until that has begun.

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
  const timeoutMs = options.timeout ?? Number.POSITIVE_INFINITY;
  const found = await askedRelease(context.api, name);
  if (!found.ok) return context.fail(found.error.message);
  return options.wait ? wait(context, { name, timeoutMs, first: found.value }) : now(context, found.value);
};

const now = (context: Context, asked: AskedRelease): ExitCode => {
  if (asked.kind !== 'release') return toldOfPolicy(context, asked, exitCodes.ok);
  if (asked.unsure !== null) context.remark(asked.unsure);
  return told(context, asked.view, codeOf(asked.view) ?? exitCodes.ok);
};

interface Waiting {
  readonly name: string | undefined;
  readonly timeoutMs: number;
  readonly first: AskedRelease;
}

/** Until a release came of what is asked for, and until that one is decided. */
const wait = (context: Context, { name, timeoutMs, first }: Waiting): Promise<ExitCode> => {
  const startedMs = performance.now();
  let [asked, answeredMs] = [first, startedMs];
  let remarked: string | null = null;
  return follow(async () => {
    const nowMs = performance.now();
    const found = await lookAgain(context, asked, name);
    if (found.ok) [asked, answeredMs] = [found.value, nowMs];
    else if (nowMs - answeredMs > patienceMs) return context.fail(found.error.message);
    const remark = remarkOf(asked);
    if (remark !== null && remark !== remarked) context.remark(remark);
    remarked = remark;
    if (asked.kind === 'stable') return toldOfPolicy(context, asked, exitCodes.ok);
    const code = asked.kind === 'release' ? codeOf(asked.view) : null;
    if (asked.kind === 'release' && code !== null) return told(context, asked.view, code);
    if (nowMs - startedMs < timeoutMs) return null;
    return asked.kind === 'release'
      ? told(context, asked.view, exitCodes.timedOut)
      : toldOfPolicy(context, asked, exitCodes.timedOut);
  }, everyMs);
};

/** A release that was found stays the one that is waited for. */
const lookAgain = async (
  { api }: Context,
  asked: AskedRelease,
  name: string | undefined,
): Promise<Result<AskedRelease>> => {
  if (asked.kind !== 'release') return askedRelease(api, name);
  const found = await api.release(asked.view.id);
  return found.ok ? ok({ ...asked, view: found.value }) : found;
};

const remarkOf = (asked: AskedRelease): string | null => {
  if (asked.kind === 'pending') return `waiting: ${asked.why}`;
  return asked.kind === 'release' ? asked.unsure : null;
};

const toldOfPolicy = (
  context: Context,
  asked: Exclude<AskedRelease, { readonly kind: 'release' }>,
  code: ExitCode,
): ExitCode => {
  const { policy, revision } = asked;
  const what = asked.kind === 'stable' ? `${revision} is stable, and nothing newer is asked for` : asked.why;
  const late = code === exitCodes.timedOut ? ['timed out; nothing was begun for it yet'] : [];
  if (!context.quiet || context.format !== 'table')
    emit(context, { value: asked, names: [policy], lines: () => [`${policy}: ${what}`, ...late] });
  return code;
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
