/** From a rule's name, preset and query to what it measures, and how. */
import { failed, ok, type Result } from '../lib/result.ts';
import { gaugeQuery } from './expression.ts';
import { type Measured, measuredByEnding, measuredByName, nearestName, quantileOf } from './measured-by-name.ts';
import {
  aggregateOf,
  type LatencyBound,
  latencySli,
  type Preset,
  presetSli,
  presetsFor,
  type ResourcePreset,
} from './presets.ts';
import {
  type Protocol,
  type RequestPreset,
  requestMetricsOf,
  requestPresets,
  routeLabelsOf,
} from './request-metrics.ts';
import type { RuleWords } from './schema.ts';
import type { Sli } from './sli.ts';

/** What is wrong about a rule, and at which of its words; null: about the rule as a whole. */
export interface WordIssue {
  readonly word: keyof RuleWords | null;
  readonly message: string;
  /** Which letter of the word's text it is about; none: all of it. */
  readonly offset?: number;
}

/** The label of the series that names the route; else why the rule must name it, or why there can be none. */
export type RouteLabel =
  | { readonly kind: 'known'; readonly label: string }
  | { readonly kind: 'to-name' | 'none'; readonly why: string };

export interface SliChoice {
  readonly measured: Measured;
  /** The SLI, once the threshold is known: a latency's decides the bucket. */
  readonly sli: (bound: LatencyBound) => Sli;
  readonly routes: RouteLabel;
}

/** Which presets the names of the rules mean where a rule says nothing. */
export interface PresetChoice {
  readonly preset: RequestPreset;
  readonly resources: ResourcePreset;
}

type Choice = Result<SliChoice, WordIssue>;

/** Of a query's own series nobody knows the labels. */
const unlabelled: RouteLabel = {
  kind: 'to-name',
  why: 'needs routeLabel beside a query: which label of its series names the route',
};

const wrongQuery = (message: string): Choice => failed({ word: 'query', message });

type QueryWords = NonNullable<RuleWords['query']>;
type HistogramQuery = Extract<QueryWords, { readonly histogram: unknown }>;

const millisecondName = /_(ms|msec|milliseconds)$/;

const latencyQuery = (query: HistogramQuery, name: string, named: Measured | null): Choice => {
  const digits = /_p([0-9]{2,4})$/.exec(name)?.[1];
  const fromName = named?.kind === 'time' ? named.quantile : digits === undefined ? null : quantileOf(digits);
  const quantile = query.quantile ?? fromName;
  if (quantile === null) {
    return wrongQuery('query has a histogram and no quantile; add quantile: 0.95, or let the name end in _p95');
  }
  if (fromName !== null && fromName !== quantile) {
    return wrongQuery(`query has quantile ${quantile}, the name says ${fromName}; leave one of them out`);
  }
  const selector = query.histogram.meaning;
  if (/_(bucket|sum|count)$/.test(selector.metric)) {
    return wrongQuery(`query names ${selector.metric}; name the histogram without _bucket, _sum or _count`);
  }
  const unit = query.unit ?? (millisecondName.test(selector.metric) ? 'milliseconds' : 'seconds');
  const unitsPerSecond = unit === 'seconds' ? 1 : 1000;
  const sli = (bound: LatencyBound): Sli => latencySli({ selector, unitsPerSecond }, quantile, bound);
  return ok({ measured: { kind: 'time', quantile }, sli, routes: unlabelled });
};

const levelQuery = (promql: string, named: Measured | null): Choice => {
  const gauge = gaugeQuery(promql, named?.kind === 'share' ? aggregateOf[named.resource] : 'avg');
  if (!gauge.ok) return failed({ word: 'query', message: `query ${gauge.error.message}`, offset: gauge.error.at });
  const measured: Measured = named?.kind === 'share' ? named : { kind: 'level' };
  return ok({ measured, sli: () => gauge.value, routes: unlabelled });
};

/** The query by its own form, whatever the rule's name says. */
const byQuery = (query: QueryWords, name: string, named: Measured | null): Choice => {
  if (typeof query === 'string') return levelQuery(query, named);
  if ('histogram' in query) return latencyQuery(query, name, named);
  if ('alert' in query) {
    const sli: Sli = { kind: 'alert', alertname: query.alert, labels: query.labels ?? {} };
    return ok({ measured: { kind: 'alert' }, sli: () => sli, routes: unlabelled });
  }
  const total = query.total.meaning;
  if ('bad' in query) {
    const sli: Sli = { kind: 'ratio', bad: query.bad.meaning, total };
    return ok({ measured: { kind: 'errors' }, sli: () => sli, routes: unlabelled });
  }
  return ok({ measured: { kind: 'volume' }, sli: () => ({ kind: 'volume', total }), routes: unlabelled });
};

const queryForm: Readonly<Record<Measured['kind'], string>> = {
  errors: '{bad: SELECTOR, total: SELECTOR}',
  time: '{histogram: SELECTOR}',
  volume: '{total: SELECTOR}',
  share: 'PromQL text with $arm',
  level: 'PromQL text with $arm',
  alert: '{alert: NAME}',
};

const fromQuery = (query: QueryWords, name: string): Choice => {
  const named = measuredByName(name);
  const choice = byQuery(query, name, named);
  if (!choice.ok || named === null || named.kind === choice.value.measured.kind) return choice;
  return wrongQuery(`query of ${name} must be ${queryForm[named.kind]}; a rule of another name may measure otherwise`);
};

/** Why a preset that counts requests cannot tell this; the sentence says what can. */
const presetProblem = (preset: Preset, measured: Measured, protocol: Protocol): WordIssue => {
  if (measured.kind === 'time' && protocol === 'grpc-stream')
    return {
      word: 'protocol',
      message: 'protocol grpc-stream has no response times; a stream lasts as long as it is used',
    };
  if (measured.kind === 'volume' && protocol === 'grpc-stream')
    return { word: 'protocol', message: 'protocol grpc-stream has no share of the requests; streams live long' };
  const others = presetsFor(measured, protocol).join(', ');
  const request = requestPresets.find((each) => each === preset);
  if (request !== undefined && requestMetricsOf(request, protocol) === null)
    return {
      word: 'protocol',
      message: `protocol ${protocol} is not counted by preset ${preset}; these do: ${others}`,
    };
  if (preset === 'haproxy' && measured.kind === 'time') {
    const message = 'preset haproxy has no histogram of response times; take them from the application: preset: app';
    return { word: 'preset', message };
  }
  return { word: 'preset', message: `preset ${preset} does not measure this; these do: ${others}` };
};

const presetRoutes = (preset: Preset, { protocol = 'http' }: Partial<RuleWords>): RouteLabel => {
  const request = requestPresets.find((each) => each === preset);
  const labels = request === undefined ? null : routeLabelsOf(request);
  const app = 'take them from the application: preset: app';
  if (labels === null) return { kind: 'none', why: `are not counted by preset ${preset}; ${app}` };
  const label = labels[protocol];
  if (label !== undefined) return { kind: 'known', label };
  return {
    kind: 'to-name',
    why: `have no label by default in preset ${preset}; name yours with routeLabel, or ${app}`,
  };
};

const fromPreset = (preset: Preset, measured: Measured, words: Partial<RuleWords>): Choice => {
  const { protocol = 'http' } = words;
  if (presetSli(preset, measured, { seconds: 1, snap: false, protocol }) === null) {
    const { word, message } = presetProblem(preset, measured, protocol);
    return failed({ word: word !== null && words[word] !== undefined ? word : null, message });
  }
  const sli = (bound: LatencyBound): Sli => presetSli(preset, measured, { ...bound, protocol }) as Sli;
  return ok({ measured, sli, routes: presetRoutes(preset, words) });
};

const unknownName = (name: string): Choice => {
  const near = nearestName(name);
  const hint = near === null ? '' : `; did you mean "${near}"?`;
  const message = `"${name}" is no name that a preset knows${hint || '; say what it measures with query:'}`;
  return failed({ word: null, message });
};

/** What the rule measures, from its `query`, else its `preset`, else its name under the presets in force. */
export const chooseSli = (name: string, words: Partial<RuleWords>, presets: PresetChoice): Choice => {
  const { query, preset } = words;
  if (query !== undefined && preset !== undefined) {
    return failed({ word: 'preset', message: 'preset and query both say what is measured; keep one of them' });
  }
  if (query !== undefined) return fromQuery(query, name);
  const measured = preset === undefined ? measuredByName(name) : measuredByEnding(name);
  if (measured === null) return unknownName(name);
  const inForce = measured.kind === 'share' ? presets.resources : presets.preset;
  return fromPreset(preset ?? inForce, measured, measured.kind === 'share' ? { preset } : words);
};
