/** Alerts among a scenario's series: `ALERTS{alertname="..."}`, which fires where it is above 0. */
import { alertId } from '../metrics/alerts.ts';
import type { FiringAlert } from '../metrics/metric-source.ts';
import type { Labels } from '../metrics/series.ts';
import type { Rule } from '../rules/rule.ts';
import type { FeedSetting } from './feed.ts';
import type { GivenSeries } from './scenario.ts';

/** As Prometheus calls them. */
export const alertsMetric = 'ALERTS';

export class GivenAlerts {
  readonly #setting: FeedSetting;
  readonly #of: readonly { readonly id: string; readonly alerts: readonly GivenSeries[] }[];

  constructor(rules: readonly Rule[], series: readonly GivenSeries[], setting: FeedSetting) {
    this.#setting = setting;
    const all = series.filter(({ labels, metric }) => metric === alertsMetric && labels['alertstate'] !== 'pending');
    this.#of = rules.flatMap((rule) => {
      const { sli } = rule;
      if (sli.kind !== 'alert') return [];
      const wanted = Object.entries({ ...sli.labels, alertname: sli.alertname });
      const isMeant = (labels: Labels): boolean => wanted.every(([label, value]) => labels[label] === value);
      return [{ id: alertId(rule), alerts: all.filter(({ labels }) => isMeant(labels)) }];
    });
  }

  /** By what was asked. `now`: how many values there are before the one of this look. */
  firing(now: number): Readonly<Record<string, readonly FiringAlert[]>> {
    return Object.fromEntries(
      this.#of.map(({ id, alerts }) => [
        id,
        alerts.flatMap(({ labels, values }): readonly FiringAlert[] => {
          if (!fires(values[now])) return [];
          const quiet = values.slice(0, now).findLastIndex((value) => !fires(value));
          return [{ labels, sinceMs: this.#setting.startMs + (quiet + 1) * this.#setting.intervalMs }];
        }),
      ]),
    );
  }
}

const fires = (value: number | null | undefined): boolean => (value ?? 0) > 0;
