/** `sluice preflight POLICY`: what stands between a policy and its next release, asked of everything it names; changes nothing. */
import { type Command, Option } from 'commander';
import { formatFileError } from '../../lib/config-file/file-error.ts';
import { type Context, runWith } from '../context.ts';
import { emit } from '../emit.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Tone } from '../render/paint.ts';
import { shown } from '../render/shown.ts';
import { loadRules } from '../rules-load.ts';
import { durationOption } from '../rules-online.ts';
import type { PreflightLine } from './line.ts';
import type { PreflightScene } from './look.ts';
import { preflightLooks } from './looks.ts';

interface PreflightWords {
  readonly timeout: number;
  readonly state: string;
  readonly strict?: true;
}

const help = `
One line for each part: ok, skip (there is nothing to look at yet), warn (a
release may start, though probably not as it was meant) or fail (none may
start), and below it what to do. Everything is asked, nothing is changed, and no
controller has to run.
Exit 0: no line fails; 1: one does, or warns under --strict; 3: the policy can't
be read.

Examples:
  $ sluice preflight policy.yaml
  $ sluice preflight policy.yaml --strict -o json | jq .ready`;

export const registerPreflight = (program: Command): void => {
  program
    .command('preflight')
    .description('look whether everything that a policy names is fit for a release; changes nothing')
    .argument('<policy>', 'policy file')
    .addOption(
      new Option('--timeout <duration>', 'deadline of one question').argParser(durationOption).default(5_000, '5s'),
    )
    .option('--state <folder>', "the controller's folder of the state: whose proxy holds the port", '.sluice')
    .option('--strict', 'warnings count as failures')
    .addHelpText('after', help)
    .action(runWith(preflight));
};

const preflight = async (
  context: Context,
  file: string,
  { state, strict, timeout }: PreflightWords,
): Promise<ExitCode> => {
  const loaded = await loadRules(file, { preset: 'app', resources: 'host', intervalMs: null });
  if (!loaded.ok) return context.fail(loaded.error.map(formatFileError).join('\n'));
  const { policy, subject } = loaded.value;
  if (policy === null) return context.fail(`${file} holds rules and no policy: \`sluice rules check\` looks at those`);
  const lines = await look({ policy, rules: subject, stateDir: state, timeoutMs: timeout });
  const stops = (grade: PreflightLine['grade']): boolean => grade === 'fail' || (strict === true && grade === 'warn');
  const stopping = lines.filter(({ grade }) => stops(grade));
  emit(context, {
    value: { policy: policy.name, ready: stopping.length === 0, lines },
    names: stopping.map(({ subject: name }) => name),
    lines: () => [...lines.flatMap((line) => textOf(line, context)), sentence(lines, stopping.length)],
  });
  return stopping.length === 0 ? exitCodes.ok : exitCodes.notReady;
};

const look = async (scene: PreflightScene): Promise<readonly PreflightLine[]> =>
  (await Promise.all(preflightLooks.map((each) => each(scene)))).flat();

const tones: Readonly<Record<PreflightLine['grade'], Tone>> = { ok: 'good', skip: 'faint', warn: 'care', fail: 'bad' };

const textOf = ({ fix, grade, says, subject }: PreflightLine, { paint }: Context): readonly string[] => [
  `${paint(grade.padEnd(4), tones[grade])}  ${subject}: ${shown(says)}`,
  ...(fix === null ? [] : [`      -> ${shown(fix)}`]),
];

const sentence = (lines: readonly PreflightLine[], stopping: number): string => {
  const warned = lines.filter(({ grade }) => grade === 'warn').length;
  if (stopping > 0) return `not ready: ${stopping} of ${lines.length} lines stand in the way of a release`;
  const unseen = lines.filter(({ grade }) => grade === 'skip').length;
  const ready =
    unseen === 0
      ? 'ready'
      : `ready as far as can be told: ${unseen} of ${lines.length} lines have nothing to look at yet`;
  return warned === 0 ? ready : `${ready}, with ${warned} ${warned === 1 ? 'warning' : 'warnings'}`;
};
