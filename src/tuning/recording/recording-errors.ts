/** What a recording gets wrong together: columns of other lengths, times that fall, rules that measure something else now. */
import type { FileError } from '../../lib/config-file/file-error.ts';
import { errorAt } from '../../lib/config-file/schema-errors.ts';
import type { Path } from '../../lib/config-file/yaml-document.ts';
import type { YamlFile } from '../../lib/config-file/yaml-file.ts';
import type { Naming } from '../scenario-names.ts';
import { measuredHash } from './measured-hash.ts';
import type { ReadWords, RecordingWords } from './recording-words.ts';

type Column = readonly (number | null)[];

/** A column, and where it stands below the recording. */
type Placed = readonly [Path, Column | undefined];

export function recordingErrors(yaml: YamlFile, { words, path, rules }: Naming): readonly FileError[] {
  const { recording } = words;
  if (recording === undefined) return [];
  const at = (below: Path, message: string): FileError =>
    errorAt(yaml, { path: [...path, 'recording', ...below] }, message);
  const looks = recording.looks.length;
  const unequal = columnsOf(recording).flatMap(([below, column]) =>
    column === undefined || column.length === looks
      ? []
      : [at(below, `has ${column.length} values, and there are ${looks} looks`)],
  );
  const fallsAt = recording.looks.findIndex((each, n, all) => each === null || (n > 0 && each <= (all[n - 1] ?? each)));
  const falls = fallsAt === -1 ? [] : [at(['looks'], `value ${fallsAt + 1} is not after the one before it`)];
  const uneven = recording.merged?.some((each) => each === null || each < 1 || !Number.isInteger(each)) === true;
  const changed = rules.rules
    .filter((rule) => {
      const of = recording.readings[rule.name]?.of;
      return of !== undefined && of !== measuredHash(rule);
    })
    .map(({ name }) => at(['readings', name, 'of'], otherMeasure(name)));
  return [
    ...unequal,
    ...falls,
    ...(uneven ? [at(['merged'], 'holds something that is no number of looks')] : []),
    ...changed,
  ];
}

const otherMeasure = (rule: string): string =>
  `was recorded of something else than ${rule} measures now: its query, preset or routes were changed since; change them back, or take ${rule} out of these readings`;

const columnsOf = ({ merged, readings, resumed, sent, weight }: RecordingWords): readonly Placed[] => [
  [['merged'], merged],
  [['resumed'], resumed],
  [['weight'], weight],
  [['sent', 'canary'], sent?.canary],
  [['sent', 'stable'], sent?.stable],
  ...Object.entries(readings).flatMap(([rule, words]) =>
    ofRule(words).map(([below, column]) => [['readings', rule, ...below], column] as const),
  ),
];

const ofRule = ({ age, counts, firing, level, volume }: ReadWords): readonly Placed[] => [
  [['age'], age],
  ...(['canary', 'stable'] as const).flatMap((arm): readonly Placed[] => [
    [['counts', arm, 'events'], counts?.[arm].events],
    [['counts', arm, 'bad'], counts?.[arm].bad],
    [['counts', 'compared', arm, 'events'], counts?.compared[arm].events],
    [['counts', 'compared', arm, 'bad'], counts?.compared[arm].bad],
    [['level', arm], level?.[arm]],
    [['firing', arm], firing?.[arm]],
    ...(counts?.slower ?? []).map((each, n): Placed => [['counts', 'slower', n, arm], each[arm]]),
  ]),
  [['counts', 'compared', 'from'], counts?.compared.from],
  [['counts', 'compared', 'to'], counts?.compared.to],
  [['volume', 'now'], volume?.now],
  [['volume', 'then'], volume?.then],
  [['firing', 'neither'], firing?.neither],
];
