/** `sluice trail`: who did what, when, on which revision and why. */
import { type Command, InvalidArgumentError } from 'commander';
import { parseDuration } from '../lib/duration.ts';
import type { TrailEntry } from '../release/trail.ts';
import { csvOf } from '../report/csv.ts';
import { type Context, runWith } from './context.ts';
import { emit, jsonLines, outputWidth } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { limitWords } from './option-values.ts';
import { trailTable } from './render/trail-table.ts';

interface TrailOptions {
  readonly limit: number;
  readonly policy?: string;
  readonly release?: string;
  readonly since?: number;
  readonly verify?: true;
}

const help = `
Orders, approvals and their revocations, results, overrides, restores, ticked
tasks, policies and rules that were taken on, and the controller's decisions
(WHO is sluice then). Entries are only ever added; the last 100000 are kept (of
a namespace in a cluster the last 10000), longer than the releases they speak
of: export them before that.

Examples:
  $ sluice trail --release app-3f2a
  $ sluice trail --policy app --since 24h
  $ sluice trail --since 2026-01-01 --limit 100000 -o jsonl   # or -o csv`;

export const registerTrail = (program: Command): void => {
  program
    .command('trail')
    .description('show who did what, when, on which revision and with what reason')
    .option('--release <name>', 'only of this release: an id, the beginning of one, or a policy')
    .option('--policy <name>', 'only of this policy')
    .option('--since <when>', 'not before: a duration ago, as 24h, or a time, as 2026-01-15T12:00Z', since)
    .option('--limit <count>', 'the newest so many, 1 to 100000', limitWords(100_000), 1_000)
    .option('--verify', 'only say whether it is as it was written: exit 1 where it is not')
    .addHelpText('after', help)
    .action(runWith(showTrail, ['csv', 'jsonl']));
};

const showTrail = async (context: Context, options: TrailOptions): Promise<ExitCode> => {
  if (options.verify === true) return showProof(context);
  const { limit, policy, since: sinceMs } = options;
  const named = options.release === undefined ? null : await context.api.release(options.release);
  if (named?.ok === false) return context.fail(named.error.message);
  const read = await context.api.trail({
    limit,
    ...(policy === undefined ? {} : { policy }),
    ...(named === null ? {} : { release: named.value.id }),
    ...(sinceMs === undefined ? {} : { since: sinceMs }),
  });
  if (!read.ok) return context.fail(read.error.message);
  const screen = { width: outputWidth(), paint: context.paint };
  emit(context, {
    value: { entries: read.value },
    names: read.value.map(({ number }) => String(number)),
    lines: () => trailTable(read.value, screen),
    documents: { csv: () => csvOf([head, ...read.value.map(row)]), jsonl: () => jsonLines(read.value) },
  });
  return exitCodes.ok;
};

const showProof = async (context: Context): Promise<ExitCode> => {
  const proof = await context.api.trailProof();
  if (!proof.ok) return context.fail(proof.error.message);
  const { entries, first, hash, how, last, problems } = proof.value;
  const numbers = first === null || last === null ? '' : `, ${first} to ${last}`;
  const lines = [
    `${entries} entries${numbers}; ${how}`,
    ...(hash === null ? [] : [`hash of the newest: ${hash}`]),
    ...(problems.length === 0 ? ['nothing was found against it'] : problems.map((each) => `BROKEN: ${each}`)),
  ];
  emit(context, { value: proof.value, names: hash === null ? [] : [hash], lines: () => lines });
  return problems.length === 0 ? exitCodes.ok : exitCodes.notAsExpected;
};

const head = ['number', 'time', 'who', 'what', 'policy', 'release', 'revision', 'why', 'message'];

const row = ({ atMs, message, number, policy, release, revision, what, who, why }: TrailEntry): readonly string[] => [
  ...[String(number), new Date(atMs).toISOString(), who, what],
  ...[policy, release ?? '', revision ?? '', why, message],
];

function since(text: string): number {
  const ago = parseDuration(text);
  const atMs = ago === null ? Date.parse(text) : Date.now() - ago;
  if (Number.isFinite(atMs) && atMs >= 0) return Math.round(atMs);
  throw new InvalidArgumentError('Write a duration such as 24h, or a time such as 2026-01-15T12:00Z.');
}
