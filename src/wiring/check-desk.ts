/** The checks of a policy, each with the adapter that asks. */
import { askAlerts } from '../checks/alert-ask.ts';
import type { AlertBook } from '../checks/alert-book.ts';
import { type Ask, CheckDesk } from '../checks/desk.ts';
import { askHttp } from '../checks/http-ask.ts';
import type { Clock } from '../lib/clock.ts';
import { firingAlerts } from '../metrics/alertmanager-http.ts';
import type { AlertmanagerAskSpec, CheckSpec } from '../release/check-spec.ts';
import type { Policy } from '../release/policy.ts';
import { renderMatchers } from '../rules/promql.ts';

export interface DeskOptions {
  readonly policy: Pick<Policy, 'checks' | 'name' | 'namespace' | 'sources'>;
  readonly alerts: AlertBook;
  readonly clock: Clock;
}

export function checkDesk(options: DeskOptions): CheckDesk {
  const asks = new Map(options.policy.checks.map((check) => [check.name, askOf(check, options)]));
  return new CheckDesk({ namespace: options.policy.namespace, askOf: (name) => asks.get(name) ?? null });
}

function askOf({ ask }: CheckSpec, options: DeskOptions): Ask {
  switch (ask.kind) {
    case 'http':
      return (question, signal) => askHttp(ask, question, signal);
    case 'alertmanager':
      return alertAsk(ask, options);
    case 'job':
    case 'load':
      return async () => ({ outcome: 'pending', message: 'not available', tookMs: null });
  }
}

function alertAsk({ labels, source: name }: AlertmanagerAskSpec, { alerts, clock, policy }: DeskOptions): Ask {
  const source = name === null ? undefined : policy.sources[name];
  const filters = Object.entries(labels).map(([label, value]) => renderMatchers({ [label]: [value] }));
  return () =>
    askAlerts(labels, {
      list: name === null || source?.kind !== 'alertmanager' ? null : () => firingAlerts({ name, ...source }, filters),
      told: () => alerts.firing(labels, clock.wallMs()),
    });
}
