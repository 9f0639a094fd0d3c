/** How a preflight ends: a line for each part, what to do below it, and whether a release may start. */
import type { Context } from '../context.ts';
import { emit } from '../emit.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { Tone } from '../render/paint.ts';
import { shown } from '../render/shown.ts';
import type { PreflightLine } from './line.ts';

export interface Preflown {
  readonly policy: string;
  readonly lines: readonly PreflightLine[];
  /** Warnings count as failures. */
  readonly strict: true | undefined;
}

export function tellPreflight(context: Context, { lines, policy, strict }: Preflown): ExitCode {
  const stops = (grade: PreflightLine['grade']): boolean => grade === 'fail' || (strict === true && grade === 'warn');
  const stopping = lines.filter(({ grade }) => stops(grade));
  emit(context, {
    value: { policy, ready: stopping.length === 0, lines },
    names: stopping.map(({ subject: name }) => name),
    lines: () => [...lines.flatMap((line) => textOf(line, context)), sentence(lines, stopping.length)],
  });
  return stopping.length === 0 ? exitCodes.ok : exitCodes.notReady;
}

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
