/** `sluice watch RELEASE`: a live screen on a terminal, plain lines in a pipe, until the release has ended or Ctrl-C. */
import type { Command } from 'commander';
import type { ReleaseView } from '../report/release-view.ts';
import { type Context, runWith } from './context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { follow } from './follow.ts';
import { liveScreen } from './live-screen.ts';
import { pickRelease } from './pick-release.ts';
import { isDrawable, Redraw } from './redraw.ts';
import { WatchLines } from './watch-lines.ts';

export const registerWatch = (program: Command): void => {
  program
    .command('watch')
    .description('follow a release until it has ended; Ctrl-C leaves it running')
    .argument('[release]', 'id, beginning of an id, or policy; without it the one that runs')
    .addHelpText('after', '\nExample:\n  $ sluice watch app')
    .action(runWith(watch));
};

const everyMs = 500;

const watch = async (context: Context, name: string | undefined): Promise<ExitCode> => {
  const found = await pickRelease(context.api, name);
  if (!found.ok) return context.fail(found.error.message);
  const { id } = found.value;
  const isLive = context.format === 'table' && isDrawable(process.stdout);
  const code = await (isLive ? watchScreen(context, id) : watchLines(context, id));
  if (code === exitCodes.interrupted) context.remark(`${id} goes on without you; look again with: sluice watch ${id}`);
  return code;
};

/** A controller that does not answer for a while is no reason to leave: the screen says how old it is. */
const watchScreen = async (context: Context, id: string): Promise<ExitCode> => {
  const screen = new Redraw(process.stdout);
  let [last, seenMs] = [null as ReleaseView | null, performance.now()];
  const look = async (): Promise<ExitCode | null> => {
    const found = await context.api.release(id);
    if (found.ok) [last, seenMs] = [found.value, performance.now()];
    const { width, height } = screen.size();
    const stale = found.ok ? [] : [staleLine(found.error.message, performance.now() - seenMs).slice(0, width)];
    const drawn = last === null ? [] : liveScreen(last, { width, height: height - stale.length, paint: context.paint });
    screen.draw([...stale.map((line) => context.paint(line, 'bad')), ...drawn]);
    return last?.ended === true ? endCode(last) : null;
  };
  try {
    return await follow(look, everyMs);
  } finally {
    screen.close();
  }
};

const staleLine = (message: string, ageMs: number): string => `data is ${Math.round(ageMs / 1000)} s old: ${message}`;

const watchLines = (context: Context, id: string): Promise<ExitCode> => {
  const lines = new WatchLines(context);
  let silentSince: number | null = null;
  return follow(async () => {
    const [found, log] = [await context.api.release(id), await context.api.log(id, lines.seen)];
    if (found.ok && log.ok) {
      silentSince = null;
      lines.show(found.value, log.value);
      return found.value.ended ? endCode(found.value) : null;
    }
    const problem = found.ok ? log : found;
    if (silentSince === null && !problem.ok) context.remark(problem.error.message);
    silentSince ??= performance.now();
    return performance.now() - silentSince > patienceMs ? exitCodes.trouble : null;
  }, everyMs);
};

const patienceMs = 60_000;

const endCode = ({ result }: ReleaseView): ExitCode => (result === 'succeeded' ? exitCodes.ok : exitCodes.notDelivered);
