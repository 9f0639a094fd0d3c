/** Gates that a Prometheus answers, again and again until the first traffic: `query`, and the scrape targets of `check: monitoring`. */
import { z } from 'zod';
import { didYouMean } from '../lib/nearest.ts';
import { renderSelector } from '../rules/promql.ts';
import { parseSelector } from '../rules/selector.ts';
import type { CheckSpec, TargetsAskSpec } from './check-spec.ts';
import { comparisonWords, limitFrom } from './policy-comparison.ts';
import { plainText } from './policy-fields.ts';

const source = plainText.optional().meta({
  description: 'Name of a prometheus among the sources. Default: the one that judges, or the only one.',
});

export const queryWords = z.strictObject({
  promql: z.string().min(1).max(2_000).meta({
    description: 'Each series that it gives has to keep the limit. {revision}, {policy}, {namespace} are filled in.',
  }),
  require: comparisonWords,
  source,
});

export const targetsWords = z.strictObject({
  matching: z
    .string()
    .superRefine((text, context) => {
      const parsed = parseSelector(text);
      if (!parsed.ok) context.addIssue({ code: 'custom', message: `is no selector: ${parsed.error}`, input: text });
    })
    .optional()
    .meta({
      description:
        'Whose value 1 says that a target is up. Default: up of each ready instance, where these count themselves (preset app).',
      examples: ['up{job="app"}'],
    }),
  atLeast: z.int().min(1).max(10_000).optional().meta({ description: 'Targets that have to be up. Default: all.' }),
  source,
});

/** As they stand among the gates. */
export interface ReadingWords {
  readonly name: string;
  readonly check?: string | undefined;
  readonly overrideBy?: readonly string[] | undefined;
  readonly query?: z.output<typeof queryWords> | undefined;
  readonly targets?: z.output<typeof targetsWords> | undefined;
}

/** What else of a policy says whom to ask, and for what. */
export interface ReadingScene {
  readonly metrics: {
    readonly source: string;
    readonly fallback?: string | null | undefined;
    readonly preset?: string | undefined;
    readonly labels?: Readonly<Record<string, string>> | undefined;
  };
  /** As they are written. */
  readonly sources: Readonly<Record<string, object>>;
}

/** Of the gate beside `check: monitoring`. */
export const targetsName = (gate: string): string => `${gate.slice(0, 55)}-targets`;

const prometheusAmong = ({ sources }: ReadingScene): readonly string[] =>
  Object.entries(sources).flatMap(([name, words]) => ('prometheus' in words ? [name] : []));

/** null: there is none, or several and none of them judges. */
function prometheusFor(named: string | undefined, scene: ReadingScene): string | null {
  const known = prometheusAmong(scene);
  const { fallback, source: main } = scene.metrics;
  const wanted = named === undefined ? [main, fallback] : [named];
  const found = wanted.find((each) => typeof each === 'string' && known.includes(each));
  return found ?? (named === undefined && known.length === 1 ? (known[0] ?? null) : null);
}

/** Where the application's own counters judge, and the labels name instances, the targets are known by theirs. */
const instanceLabel = ({ metrics: { labels = { instance: '$instance' }, preset = 'app' } }: ReadingScene) =>
  preset === 'app' ? (Object.entries(labels).find(([, template]) => template === '$instance')?.[0] ?? null) : null;

/** null: nothing says which targets are meant. */
function selectOf(matching: string | undefined, scene: ReadingScene): TargetsAskSpec['select'] | null {
  const parsed = matching === undefined ? null : parseSelector(matching);
  if (parsed?.ok) return { by: 'selector', selector: renderSelector(parsed.value) };
  const label = instanceLabel(scene);
  return label === null ? null : { by: 'instance', label };
}

/** Between two looks: what it shows may change while a person is waited for. */
const againMs = 5_000;

const gateBase = ({ overrideBy = [] }: ReadingWords): Omit<CheckSpec, 'ask' | 'kind' | 'name'> => ({
  stages: ['beforeTraffic'],
  onFail: 'hold',
  everyMs: againMs,
  failures: 2,
  survives: true,
  isGate: true,
  overrideBy: [...overrideBy],
});

export const readingGates = (gates: readonly ReadingWords[], scene: ReadingScene): readonly CheckSpec[] =>
  gates.flatMap((gate): readonly CheckSpec[] => {
    if (gate.query !== undefined) {
      const { promql, require, source: named } = gate.query;
      const ask = { kind: 'query', source: prometheusFor(named, scene) ?? '', promql, ...limitFrom(require) } as const;
      return [{ ...gateBase(gate), name: gate.name, kind: 'query', ask }];
    }
    const { atLeast = null, matching, source: named } = gate.targets ?? {};
    const asked = prometheusFor(named, scene);
    const select = selectOf(matching, scene);
    if (gate.check !== 'monitoring' || asked === null || select === null) return [];
    const ask = { kind: 'targets', source: asked, select, atLeast } as const;
    return [{ ...gateBase(gate), name: targetsName(gate.name), kind: 'targets', ask }];
  });

/** Why `check: monitoring` looks at no targets, for the evidence of the gate; null: it does, or Sluice reads the instances itself. */
export const untoldTargets = (gate: ReadingWords, scene: ReadingScene): string | null =>
  prometheusFor(gate.targets?.source, scene) === null || selectOf(gate.targets?.matching, scene) !== null
    ? null
    : 'which scrape targets are of the service is not said (targets: { matching })';

/** What the words of one gate get wrong together with the sources: the word, and why. */
export function readingIssues(
  gate: Readonly<Record<string, unknown>>,
  scene: ReadingScene,
): readonly { readonly word: 'query' | 'targets'; readonly message: string }[] {
  const word = gate['query'] !== undefined ? 'query' : gate['targets'] !== undefined ? 'targets' : null;
  const words = word === null ? undefined : gate[word];
  if (word === null || typeof words !== 'object' || words === null) return [];
  const named = 'source' in words && typeof words.source === 'string' ? words.source : undefined;
  if (prometheusFor(named, scene) !== null) return [];
  const known = prometheusAmong(scene);
  const list = known.length === 0 ? 'there is none' : `there is ${known.join(', ')}`;
  const message =
    named === undefined
      ? `${word} needs a prometheus among the sources, and ${list}${known.length > 1 ? ': name one with source' : ''}`
      : `"${named}" is no prometheus among the sources; ${list}${didYouMean(named, known)}`;
  return [{ word, message }];
}
