/** Alerts as Prometheus has them: `ALERTS` says which fire, `ALERTS_FOR_STATE` since when they are active. */
import { renderSelector } from '../rules/promql.ts';
import type { Selector } from '../rules/sli.ts';
import type { AlertWanted, FiringAlert, PartialFailure, ReadRequest } from './metric-source.ts';
import type { Share } from './prometheus-share.ts';
import type { Series } from './series.ts';

const firingId = ({ id }: AlertWanted): string => `${id}:firing`;
const sinceId = ({ id }: AlertWanted): string => `${id}:since`;

const selectorOf = (metric: string, labels: Readonly<Record<string, string>>): Selector => ({
  metric,
  matchers: Object.entries(labels).map(([label, value]) => ({ label, op: '=', value })),
});

/** The request with its alerts as expressions. */
export const withAlertQueries = (request: ReadRequest): ReadRequest => {
  const asked = (request.alerts ?? []).flatMap((alert) => {
    const labels = { ...alert.labels, alertname: alert.alertname };
    return [
      { id: firingId(alert), promql: renderSelector(selectorOf('ALERTS', { ...labels, alertstate: 'firing' })) },
      { id: sinceId(alert), promql: renderSelector(selectorOf('ALERTS_FOR_STATE', labels)) },
    ];
  });
  return asked.length === 0 ? request : { ...request, expressions: [...request.expressions, ...asked] };
};

export interface AlertShare extends Share {
  /** By the id of what was asked; absent: it could not be answered. */
  readonly alerts: Readonly<Record<string, readonly FiringAlert[]>>;
}

/** The share with its alerts told apart from the series. */
export const withAlerts = ({ series, failures }: Share, wanted: readonly AlertWanted[]): AlertShare => {
  const own = new Set(wanted.flatMap((alert) => [firingId(alert), sinceId(alert)]));
  const failed = new Set(failures.flatMap(({ metrics }) => metrics));
  const told = wanted
    .filter((alert) => !failed.has(firingId(alert)))
    .map((alert) => [alert.id, firingOf(alert, series)] as const);
  return {
    series: series.filter(({ metric }) => !own.has(metric)),
    failures: failures.flatMap((failure) => renamed(failure, wanted)),
    alerts: Object.fromEntries(told),
  };
};

/** Since when an alert is active is nice to know, no more: without it the alert is told all the same. */
const renamed = (failure: PartialFailure, wanted: readonly AlertWanted[]): readonly PartialFailure[] => {
  const metrics = failure.metrics.flatMap((metric) => {
    if (wanted.some((alert) => sinceId(alert) === metric)) return [];
    return [wanted.find((alert) => firingId(alert) === metric)?.id ?? metric];
  });
  return metrics.length === 0 ? [] : [{ ...failure, metrics }];
};

const firingOf = (alert: AlertWanted, series: readonly Series[]): readonly FiringAlert[] => {
  const of = (id: string): readonly Series[] => series.filter(({ metric }) => metric === id);
  const since = new Map(of(sinceId(alert)).map(({ labels, samples }) => [keyOf(labels), samples.at(-1)?.value]));
  return of(firingId(alert)).map(({ labels: { alertstate: _, ...labels } }) => {
    const seconds = since.get(keyOf(labels));
    return { labels, sinceMs: seconds === undefined || !Number.isFinite(seconds) ? null : seconds * 1000 };
  });
};

const keyOf = (labels: Readonly<Record<string, string>>): string => JSON.stringify(Object.entries(labels).sort());
