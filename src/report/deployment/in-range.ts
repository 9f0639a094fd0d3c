/** Whether CPU, memory and disk kept their range: the measured values against what the rule says, whatever the judge made of them. */
import type { LevelReading } from '../../metrics/reading.ts';
import type { JournalSpan } from '../../release/journal-span.ts';
import type { Release } from '../../release/release.ts';
import type { Rule } from '../../rules/rule.ts';
import { isLevelOutside } from '../../verdict/level.ts';
import { tookText, valueText } from '../format-value.ts';
import type { RuleView } from '../rule-view.ts';
import type { Measure } from './measure.ts';
import type { Told } from './told.ts';

const ranges = ['cpu_usage', 'memory_usage', 'disk_usage'] as const;

export const inRange = ({ journal, release, view }: Told): readonly Measure[] =>
  ranges.flatMap((name): readonly Measure[] => {
    const what = `${name} in range`;
    const rule = release.rules.rules.find((each) => each.name === name);
    const shown = view.rules.find((each) => each.name === name);
    if (rule !== undefined && shown !== undefined)
      return [{ what, ...rangeOf(rule, shown, levelsUnderTraffic(rule, release, journal.spans)) }];
    return name === 'disk_usage' ? [] : [{ what, state: 'notMeasured', said: 'no rule of that name' }];
  });

function rangeOf(rule: Rule, shown: RuleView, levels: readonly Level[]): Omit<Measure, 'what'> {
  const [first = null] = levels;
  if (first === null) return { state: 'notMeasured', said: 'nothing was seen of it' };
  const outside = levels.map((level) => ({ toMs: level.toMs, isOutside: isLevelOutside(rule.threshold, level) }));
  const outsideMs = longestOutside(outside);
  const isEver = outside.some(({ isOutside }) => isOutside);
  const last = levels.at(-1) ?? first;
  const seen = levels.map(({ canary }) => canary);
  const times = isEver
    ? `, outside for ${tookText(outsideMs)} at the longest (for ${tookText(rule.forMs)} may be)`
    : '';
  const between = `${valueText(Math.min(...seen), shown.unit)} to ${valueText(Math.max(...seen), shown.unit)}`;
  const said = `${between}, ${valueText(last.canary, shown.unit)} when last looked at, limit ${shown.limitWords}${times}`;
  // As the rule has it: outside for so long, or still so at the end.
  const isMissed = outside.at(-1)?.isOutside === true || (isEver && outsideMs >= rule.forMs);
  return { state: isMissed ? 'missed' : 'met', said };
}

/** What an instance takes until it is warm says nothing of it. */
function levelsUnderTraffic(
  { name }: Rule,
  { startedAtMs, weight }: Release,
  spans: readonly JournalSpan[],
): readonly Level[] {
  const fromMs = (weight.firstTrafficAtMs ?? Number.POSITIVE_INFINITY) - startedAtMs;
  return spans.flatMap(({ read, toMs }) => levelOf(read[name], toMs)).filter(({ atMs }) => atMs >= fromMs);
}

type Level = LevelReading & { readonly toMs: number };

const levelOf = (brief: JournalSpan['read'][string] | undefined, toMs: number): readonly Level[] =>
  brief !== undefined && 'level' in brief
    ? [{ kind: 'level', atMs: toMs - brief.age, toMs, canary: brief.level[0], stable: brief.level[1] }]
    : [];

function longestOutside(looks: readonly { readonly toMs: number; readonly isOutside: boolean }[]): number {
  let longestMs = 0;
  let sinceMs: number | null = null;
  for (const { isOutside, toMs } of looks) {
    sinceMs = isOutside ? (sinceMs ?? toMs) : null;
    if (sinceMs !== null) longestMs = Math.max(longestMs, toMs - sinceMs);
  }
  return longestMs;
}
