/** Names in a scenario that must be those of rules, or of series that a rule reads: a slip would test nothing. */
import type { FileError } from '../lib/config-file/file-error.ts';
import { type Anchor, errorAt } from '../lib/config-file/schema-errors.ts';
import type { Path } from '../lib/config-file/yaml-document.ts';
import type { YamlFile } from '../lib/config-file/yaml-file.ts';
import { didYouMean } from '../lib/nearest.ts';
import { selectorsOf } from '../metrics/wanted-series.ts';
import type { RuleSet } from '../rules/rule.ts';
import type { ScenarioWords } from './scenario-schema.ts';

export interface Naming {
  readonly words: ScenarioWords;
  readonly path: Path;
  readonly rules: RuleSet;
}

interface Name {
  readonly text: string;
  readonly path: Path;
  readonly anchor: Anchor;
}

export const nameErrors = (yaml: YamlFile, { words, path, rules }: Naming): readonly FileError[] => [
  ...unknown(yaml, ruleNames(words, path), {
    known: rules.rules.map(({ name }) => name),
    what: (text) => `${JSON.stringify(text)} is none of the rules`,
  }),
  ...unknown(yaml, levelNames(words, path), {
    known: rules.rules
      .filter(({ sli: { kind } }) => kind === 'gauge' || kind === 'expression' || kind === 'alert')
      .map(({ name }) => name),
    what: (text) => `${JSON.stringify(text)} is none of the rules that look at a level`,
  }),
  ...unknown(yaml, metricNames(words, path), {
    known: [
      ...selectorsOf(rules.rules).map(({ metric }) => metric),
      ...rules.rules.filter(({ sli: { kind } }) => kind === 'expression' || kind === 'alert').map(({ name }) => name),
    ],
    what: (text) => `no rule reads ${text}`,
  }),
];

interface Against {
  readonly known: readonly string[];
  readonly what: (text: string) => string;
}

function unknown(yaml: YamlFile, names: readonly Name[], { known, what }: Against): readonly FileError[] {
  return names
    .filter(({ text }) => !known.includes(text))
    .map(({ text, path, anchor }) => {
      const list = known.length === 0 ? 'there is none' : `there is ${known.slice(0, 12).join(', ')}`;
      return errorAt(yaml, { path, anchor }, `${what(text)}${didYouMean(text, known) || `; ${list}`}`);
    });
}

function ruleNames({ expect, outcome }: ScenarioWords, path: Path): readonly Name[] {
  const expected = (expect ?? []).flatMap(({ rule, verdicts }, n): readonly Name[] => [
    ...named(rule, [...path, 'expect', n, 'rule']),
    ...keys(verdicts, [...path, 'expect', n, 'verdicts']),
  ]);
  const ending = typeof outcome === 'object' ? named(outcome.rule, [...path, 'outcome', 'rule']) : [];
  return [...expected, ...ending];
}

function levelNames({ events, traffic }: ScenarioWords, path: Path): readonly Name[] {
  const all = [
    { words: traffic, path: [...path, 'traffic'] },
    ...(events ?? []).map((event, n) => ({ words: event.traffic, path: [...path, 'events', n, 'traffic'] })),
  ];
  return all.flatMap(({ words, path: at }) =>
    (['both', 'canary', 'stable'] as const).flatMap((arm) => keys(words?.[arm]?.levels, [...at, arm, 'levels'])),
  );
}

const metricNames = ({ input_series: given }: ScenarioWords, path: Path): readonly Name[] =>
  (['canary', 'stable'] as const).flatMap((arm) =>
    (given?.[arm] ?? []).map(({ series }, n) => ({
      text: /^[a-zA-Z0-9_:]*/.exec(series)?.[0] ?? '',
      path: [...path, 'input_series', arm, n, 'series'],
      anchor: 'value' as const,
    })),
  );

const named = (text: string | undefined, path: Path): readonly Name[] =>
  text === undefined ? [] : [{ text, path, anchor: 'value' }];

const keys = (map: Readonly<Record<string, unknown>> | undefined, path: Path): readonly Name[] =>
  Object.keys(map ?? {}).map((text) => ({ text, path: [...path, text], anchor: 'key' }));
