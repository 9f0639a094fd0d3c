/** Alerts as readings: which of a rule's alerts fire, for the canary or otherwise, and since when. */
import type { Rule } from '../rules/rule.ts';
import type { Sli } from '../rules/sli.ts';
import { armOf } from './matching.ts';
import type { AlertWanted, Answer, FiringAlert } from './metric-source.ts';
import type { Firing, Reading } from './reading.ts';
import type { Arms } from './series.ts';

type AlertSli = Extract<Sli, { readonly kind: 'alert' }>;

export const alertId = ({ name }: Rule): string => `${name}:alert`;

/** What to ask a source that knows alerts. */
export const alertsWanted = (rules: readonly Rule[]): readonly AlertWanted[] =>
  rules.flatMap((rule) =>
    rule.sli.kind === 'alert' ? [{ id: alertId(rule), alertname: rule.sli.alertname, labels: rule.sli.labels }] : [],
  );

export interface AlertLook {
  readonly answer: Extract<Answer, { readonly kind: 'series' }>;
  readonly arms: Arms;
  readonly nowMs: number;
}

/** That nothing fires is only known from a source that was asked for just that, and answered. */
export function readAlert(rule: Rule, { alertname }: AlertSli, { answer, arms, nowMs }: AlertLook): Reading {
  const firing = answer.alerts?.[alertId(rule)];
  if (firing === undefined) {
    const message = `${answer.source} does not say whether ${alertname} fires; a prometheus does, or an alertmanager that metrics.alerts names`;
    return { kind: 'nothing', atMs: nowMs, reason: 'SourceDown', message };
  }
  const whose = firing.map((alert) => ({
    alert,
    arm: armOf(arms, { metric: 'ALERTS', labels: alert.labels, samples: [] }),
  }));
  const [canary, stable, neither] = [
    whose.filter(({ arm }) => arm === 'canary'),
    whose.filter(({ arm }) => arm === 'stable'),
    whose.filter(({ arm }) => arm === null || arm === 'both'),
  ].map((some) => firingOf(some.map(({ alert }) => alert)));
  return {
    kind: 'alert',
    atMs: answer.receivedAtMs,
    canary: canary ?? null,
    stable: stable ?? null,
    neither: neither ?? null,
  };
}

const firingOf = (alerts: readonly FiringAlert[]): Firing | null => {
  const since = alerts.flatMap(({ sinceMs }) => sinceMs ?? []);
  return alerts.length === 0 ? null : { sinceMs: since.length === 0 ? null : Math.min(...since) };
};
