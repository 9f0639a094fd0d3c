/** Several sources as one: each metric is asked of the source that has it, and a part that fails fails only its own metrics. */
import type { Answer, MetricSource, PartialFailure, ReadRequest } from './metric-source.ts';
import type { Series } from './series.ts';
import { startMetric } from './target-view.ts';

export interface CombinedPart {
  /** Metrics whose names begin so come from this source. */
  readonly prefix: string;
  readonly source: MetricSource;
}

/** What every source says of its own targets. */
const aboutTargets: ReadonlySet<string> = new Set(['up', startMetric]);

export interface CombinedOptions {
  /** What has no prefix, and all expressions. */
  readonly main: MetricSource;
  readonly parts: readonly CombinedPart[];
  /** Who knows alerts, if not the main one. */
  readonly alerts?: MetricSource | undefined;
}

/** Answers under the name of the source that `main` answered with; fails only when all that were asked do. */
export function combinedSource({ main, parts, alerts: teller = main }: CombinedOptions): MetricSource {
  return {
    name: main.name,
    get intervalMs() {
      return Math.min(main.intervalMs, ...parts.map(({ source }) => source.intervalMs));
    },
    get moments() {
      return main.moments;
    },
    read: async (request) => {
      const ownerOf = (metric: string): MetricSource =>
        parts.find(({ prefix }) => metric.startsWith(prefix))?.source ?? main;
      const sources = [...new Set([main, ...parts.map(({ source }) => source), teller])];
      const asked = sources.flatMap((source) => {
        const own = request.selectors.filter(({ metric }) => !aboutTargets.has(metric) && ownerOf(metric) === source);
        const computed = source === main ? request : { expressions: [], totals: [] };
        const { expressions, totals = [] } = computed;
        const alerts = source === teller ? (request.alerts ?? []) : [];
        if (own.length + expressions.length + totals.length + alerts.length === 0) return [];
        const about = request.selectors.filter(({ metric }) => aboutTargets.has(metric));
        const part = { ...request, selectors: [...own, ...about], expressions, totals, alerts };
        return [{ source, request: part, own }];
      });
      const answers = await Promise.all(asked.map((each) => each.source.read(each.request)));
      return merged(
        asked.map(({ request: part }) => part),
        answers,
        main.name,
      );
    },
  };
}

function merged(requests: readonly ReadRequest[], answers: readonly Answer[], name: string): Answer {
  const [first] = answers;
  const allFailed = answers.every(({ kind }) => kind === 'failed');
  if (first !== undefined && allFailed) return first;
  const failures = answers.flatMap((answer, at): readonly PartialFailure[] => {
    if (answer.kind === 'series') return answer.failures ?? [];
    const metrics = namesIn(requests[at]);
    return [{ metrics, reason: answer.reason, message: answer.message }];
  });
  return {
    kind: 'series',
    source: first?.source ?? name,
    receivedAtMs: Math.max(0, ...answers.map(({ receivedAtMs }) => receivedAtMs)),
    series: answers.flatMap((answer): readonly Series[] => (answer.kind === 'series' ? answer.series : [])),
    alerts: Object.fromEntries(
      answers.flatMap((answer) => (answer.kind === 'series' ? Object.entries(answer.alerts ?? {}) : [])),
    ),
    ...(failures.length > 0 ? { failures } : {}),
  };
}

/** What every source knows of its own is not unknown because one of them failed. */
const namesIn = (request: ReadRequest | undefined): readonly string[] => [
  ...(request?.selectors ?? []).map(({ metric }) => metric).filter((metric) => !aboutTargets.has(metric)),
  ...(request?.expressions ?? []).map(({ id }) => id),
  ...(request?.totals ?? []).map(({ id }) => id),
  ...(request?.alerts ?? []).map(({ id }) => id),
];
