/** Every name that a scenario gives to something of its rules, and where. */
import type { Anchor } from '../lib/config-file/schema-errors.ts';
import type { Path } from '../lib/config-file/yaml-document.ts';
import { alertsMetric } from './given-alerts.ts';
import type { ScenarioWords } from './scenario-schema.ts';

export interface Name {
  readonly text: string;
  readonly path: Path;
  readonly anchor: Anchor;
}

const named = (text: string | undefined, path: Path): readonly Name[] =>
  text === undefined ? [] : [{ text, path, anchor: 'value' }];

const listed = (texts: readonly string[] | undefined, path: Path): readonly Name[] =>
  (texts ?? []).flatMap((text, n) => named(text, [...path, n]));

const keys = (map: Readonly<Record<string, unknown>> | undefined, path: Path): readonly Name[] =>
  Object.keys(map ?? {}).map((text) => ({ text, path: [...path, text], anchor: 'key' }));

export function ruleNames({ expect, outcome }: ScenarioWords, path: Path): readonly Name[] {
  const expected = (expect ?? []).flatMap(({ rule, verdicts }, n): readonly Name[] => [
    ...named(rule, [...path, 'expect', n, 'rule']),
    ...keys(verdicts, [...path, 'expect', n, 'verdicts']),
  ]);
  const ending = typeof outcome === 'object' ? named(outcome.rule, [...path, 'outcome', 'rule']) : [];
  return [...expected, ...ending];
}

const arms = ['both', 'canary', 'stable'] as const;

const trafficsIn = ({ events, traffic }: ScenarioWords, path: Path) => [
  { words: traffic, at: [...path, 'traffic'] },
  ...(events ?? []).map((event, n) => ({ words: event.traffic, at: [...path, 'events', n, 'traffic'] })),
];

export const levelNames = (scenario: ScenarioWords, path: Path): readonly Name[] =>
  trafficsIn(scenario, path).flatMap(({ words, at }) =>
    arms.flatMap((arm) => keys(words?.[arm]?.levels, [...at, arm, 'levels'])),
  );

/** Of rules, where traffic says that their alert fires. */
export const firingNames = (scenario: ScenarioWords, path: Path): readonly Name[] =>
  trafficsIn(scenario, path).flatMap(({ words, at }) => [
    ...arms.flatMap((arm) => listed(words?.[arm]?.firing, [...at, arm, 'firing'])),
    ...listed(words?.firing, [...at, 'firing']),
  ]);

export const routeNames = ({ traffic }: ScenarioWords, path: Path): readonly Name[] =>
  keys(traffic?.routes, [...path, 'traffic', 'routes']);

export const changedRouteNames = ({ events }: ScenarioWords, path: Path): readonly Name[] =>
  (events ?? []).flatMap(({ traffic }, n) => keys(traffic?.routes, [...path, 'events', n, 'traffic', 'routes']));

type Side = 'canary' | 'stable' | 'neither';

const series = ({ input_series: given }: ScenarioWords, path: Path, sides: readonly Side[]): readonly Name[] =>
  sides.flatMap((side) =>
    (given?.[side] ?? []).flatMap((each, n) => named(each.series, [...path, 'input_series', side, n, 'series'])),
  );

const metricOf = (text: string): string => /^[a-zA-Z0-9_:]*/.exec(text)?.[0] ?? '';

export const metricNames = (scenario: ScenarioWords, path: Path): readonly Name[] =>
  series(scenario, path, ['canary', 'stable']).map((each) => ({ ...each, text: metricOf(each.text) }));

export const metricsOfNeither = (scenario: ScenarioWords, path: Path): readonly Name[] =>
  series(scenario, path, ['neither']).map((each) => ({ ...each, text: metricOf(each.text) }));

export const alertNames = (scenario: ScenarioWords, path: Path): readonly Name[] =>
  series(scenario, path, ['canary', 'stable', 'neither'])
    .filter(({ text }) => metricOf(text) === alertsMetric)
    .map((each) => ({ ...each, text: /alertname="([^"]*)"/.exec(each.text)?.[1] ?? '' }));
