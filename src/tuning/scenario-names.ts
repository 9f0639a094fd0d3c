/** Names in a scenario must be those of rules, or of what rules read: a slip would test nothing. */
import type { FileError } from '../lib/config-file/file-error.ts';
import { errorAt } from '../lib/config-file/schema-errors.ts';
import type { Path } from '../lib/config-file/yaml-document.ts';
import type { YamlFile } from '../lib/config-file/yaml-file.ts';
import { didYouMean } from '../lib/nearest.ts';
import { selectorsOf } from '../metrics/wanted-series.ts';
import type { Rule, RuleSet } from '../rules/rule.ts';
import type { Sli } from '../rules/sli.ts';
import { alertsMetric } from './given-alerts.ts';
import {
  alertNames,
  changedRouteNames,
  firingNames,
  levelNames,
  metricNames,
  metricsOfNeither,
  type Name,
  routeNames,
  ruleNames,
} from './named-in-scenario.ts';
import type { ScenarioWords } from './scenario-schema.ts';

export interface Naming {
  readonly words: ScenarioWords;
  readonly path: Path;
  readonly rules: RuleSet;
}

interface Kind {
  readonly names: (words: ScenarioWords, path: Path) => readonly Name[];
  readonly known: (rules: readonly Rule[], words: ScenarioWords) => readonly string[];
  /** Ends with a name that is not known. */
  readonly what: (text: string) => string;
}

const of = (rules: readonly Rule[], ...kinds: readonly Sli['kind'][]): readonly string[] =>
  rules.filter(({ sli: { kind } }) => kinds.includes(kind)).map(({ name }) => name);

const quoted =
  (what: string) =>
  (text: string): string =>
    `${JSON.stringify(text)} is none of ${what}`;

const kinds: readonly Kind[] = [
  { names: ruleNames, known: (rules) => rules.map(({ name }) => name), what: quoted('the rules') },
  {
    names: levelNames,
    known: (rules) => of(rules, 'gauge', 'expression'),
    what: quoted('the rules that look at a level'),
  },
  { names: firingNames, known: (rules) => of(rules, 'alert'), what: quoted('the rules that look at an alert') },
  {
    names: routeNames,
    known: (rules) => [...new Set(rules.flatMap(({ route }) => route ?? []))],
    what: quoted('the routes that rules judge by themselves'),
  },
  {
    names: changedRouteNames,
    known: (_, { traffic }) => Object.keys(traffic?.routes ?? {}),
    what: quoted('the routes that the traffic names'),
  },
  {
    names: metricNames,
    known: (rules) => [
      ...selectorsOf(rules).map(({ metric }) => metric),
      ...of(rules, 'expression'),
      ...(of(rules, 'alert').length > 0 ? [alertsMetric] : []),
    ],
    what: (text) => `no rule reads ${text}`,
  },
  { names: metricsOfNeither, known: () => [alertsMetric], what: (text) => `${text} is of one of the versions` },
  {
    names: alertNames,
    known: (rules) => rules.flatMap(({ sli }) => (sli.kind === 'alert' ? [sli.alertname] : [])),
    what: (text) => (text === '' ? 'the alert has no alertname' : `no rule reads the alert ${text}`),
  },
];

export const nameErrors = (yaml: YamlFile, { words, path, rules: { rules } }: Naming): readonly FileError[] =>
  kinds.flatMap(({ names, known, what }) => {
    const all = known(rules, words);
    const list = all.length === 0 ? 'there is none' : `there is ${all.slice(0, 12).join(', ')}`;
    return names(words, path)
      .filter(({ text }) => !all.includes(text))
      .map(({ text, path: at, anchor }) =>
        errorAt(yaml, { path: at, anchor }, `${what(text)}${didYouMean(text, all) || `; ${list}`}`),
      );
  });
