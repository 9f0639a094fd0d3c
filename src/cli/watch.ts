/** `sluice watch RELEASE`: a live screen with keys on a terminal, plain lines in a pipe, until the release has ended or somebody leaves. */
import type { Command } from 'commander';
import { type Context, runWith } from './context.ts';
import { endCode } from './end-code.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { follow } from './follow.ts';
import { runLive } from './live.ts';
import { pickRelease } from './pick-release.ts';
import { isDrawable } from './redraw.ts';
import { Silence } from './silence.ts';
import { WatchLive } from './watch/watch-live.ts';
import { WatchLines } from './watch-lines.ts';

const help = `
On a terminal it is a live screen with keys: p pause, r resume, a abort (asks
for a reason, and once more), d detail, ? help, q leave. In a pipe it writes
lines, with -o json a line for each change.
Exit codes: 0 promoted, 1 rolled back or failed, 3 usage or I/O, 130 left before
the end: the release goes on.

Examples:
  $ sluice watch app
  $ sluice watch app | tee release.log`;

export const registerWatch = (program: Command): void => {
  program
    .command('watch')
    .description('follow a release until it has ended, with keys; q or Ctrl-C leaves it running')
    .argument('[release]', 'id, beginning of an id, or policy; without it the one that runs')
    .addHelpText('after', help)
    .action(runWith(watch));
};

const everyMs = 500;

const watch = async (context: Context, name: string | undefined): Promise<ExitCode> => {
  const found = await pickRelease(context.api, name);
  if (!found.ok) return context.fail(found.error.message);
  const { id } = found.value;
  const isLive = context.format === 'table' && isDrawable(process.stdout);
  const code = await (isLive ? runLive(new WatchLive(context, found.value), everyMs) : watchLines(context, id));
  if (code === exitCodes.interrupted) context.remark(`${id} goes on without you; look again with: sluice watch ${id}`);
  return code;
};

const patienceMs = 60_000;

/** A controller that is away for a while is waited for, and said once; nobody is there who could leave, so not for ever. */
const watchLines = (context: Context, id: string): Promise<ExitCode> => {
  const lines = new WatchLines(context);
  const silence = new Silence(Date.now());
  let isSilent = false;
  return follow(async () => {
    const [found, log] = [await context.api.release(id), await context.api.log(id, lines.seen)];
    if (found.ok && log.ok) {
      if (isSilent) context.remark(`it answers again, after ${silence.spanText(Date.now())}`);
      isSilent = false;
      silence.heard(Date.now());
      lines.show(found.value, log.value);
      return found.value.ended ? endCode(found.value) : null;
    }
    const problem = found.ok ? log : found;
    if (!isSilent && !problem.ok) context.remark(`${problem.error.message}; asked again for ${patienceMs / 1_000} s`);
    isSilent = true;
    if (silence.lastsMs(Date.now()) <= patienceMs) return null;
    return context.fail(`no answer for ${silence.spanText(Date.now())}; whatever runs goes on without you`);
  }, everyMs);
};
