/** `sluice status RELEASE --wait`: how it stands as an exit code, for scripts: promoted is 0. */
import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../lib/duration.ts';
import { ok, type Result } from '../lib/result.ts';
import { explain } from '../report/explain.ts';
import type { ReleaseView } from '../report/release-view.ts';
import { type AskedRelease, askedRelease, type Unreleased } from './asked-release.ts';
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

/** While nothing was begun: each look reads the policy, its Deployment and its ConfigMaps. */
const pendingEveryMs = 3_000;

/** A controller that restarts while somebody waits for it. */
const patienceMs = 60_000;

const status = async (context: Context, name: string | undefined, options: StatusOptions): Promise<ExitCode> => {
  const timeoutMs = options.timeout ?? Number.POSITIVE_INFINITY;
  const found = await askedRelease(context.api, name);
  if (!found.ok) return context.fail(found.error.message);
  return options.wait ? wait(context, { name, timeoutMs, first: found.value }) : now(context, found.value);
};

const now = (context: Context, asked: AskedRelease): ExitCode => {
  if (asked.kind === 'release' && asked.unsure !== null) context.remark(asked.unsure);
  return told(context, asked, codeOf(asked) ?? exitCodes.ok);
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
    const isDue = asked.kind === 'release' || nowMs - answeredMs >= pendingEveryMs;
    const found = isDue ? await lookAgain(context, asked, name) : null;
    if (found?.ok === true) [asked, answeredMs] = [found.value, nowMs];
    else if (nowMs - answeredMs > patienceMs && found !== null) return context.fail(found.error.message);
    if (asked.kind === 'pending' && asked.why !== remarked) context.remark(`waiting: ${asked.why}`);
    remarked = asked.kind === 'pending' ? asked.why : null;
    const code = codeOf(asked);
    if (code !== null) return decided(context, asked, code);
    return nowMs - startedMs < timeoutMs ? null : told(context, asked, exitCodes.timedOut);
  }, everyMs);
};

/** Who can't see what is asked for can't say that it is this release: a script must not go on. */
const decided = (context: Context, asked: AskedRelease, code: ExitCode): ExitCode =>
  asked.kind === 'release' && asked.unsure !== null ? context.fail(asked.unsure) : told(context, asked, code);

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

/** Null: still under way. */
const codeOf = (asked: AskedRelease): ExitCode | null => {
  switch (asked.kind) {
    case 'release':
      return codeOfView(asked.view);
    case 'pending':
      return null;
    case 'stable':
      return exitCodes.ok;
    case 'frozen':
      return exitCodes.notDelivered;
  }
};

const codeOfView = (view: ReleaseView): ExitCode | null => {
  if (view.result === 'succeeded') return exitCodes.ok;
  if (view.result !== 'running') return exitCodes.notDelivered;
  return view.attention === null ? null : exitCodes.needsPerson;
};

const told = (context: Context, asked: AskedRelease, code: ExitCode): ExitCode =>
  asked.kind === 'release' ? toldOfRelease(context, asked.view, code) : toldOfPolicy(context, asked, code);

const toldOfPolicy = (context: Context, asked: Unreleased, code: ExitCode): ExitCode => {
  const late = code === exitCodes.timedOut ? ['timed out; nothing was begun for it yet'] : [];
  const lines = () => [`${asked.policy}: ${sentenceOf(asked)}`, ...late];
  if (!context.quiet || context.format !== 'table') emit(context, { value: asked, names: [asked.policy], lines });
  return code;
};

const sentenceOf = (asked: Unreleased): string => {
  const { policy, revision } = asked;
  if (asked.kind === 'pending') return asked.why;
  return asked.kind === 'stable'
    ? `${revision} is stable, and nothing newer is asked for`
    : `${revision} was taken back before, and is not begun again before \`sluice retry\` (\`sluice history ${policy}\`)`;
};

const toldOfRelease = (context: Context, view: ReleaseView, code: ExitCode): ExitCode => {
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
