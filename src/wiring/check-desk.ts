/** The checks of a policy, each with the adapter that asks. */
import { askAlerts } from '../checks/alert-ask.ts';
import type { AlertBook } from '../checks/alert-book.ts';
import { type Ask, CheckDesk } from '../checks/desk.ts';
import type { ReadKey } from '../checks/event-http.ts';
import { askHttp } from '../checks/http-ask.ts';
import { makeLoad } from '../checks/http-load.ts';
import type { LoadCounters } from '../checks/load-counters.ts';
import { type AskNow, askQuery } from '../checks/query-ask.ts';
import { askTargets } from '../checks/targets-ask.ts';
import type { Clock } from '../lib/clock.ts';
import { failed } from '../lib/result.ts';
import { readSecret } from '../lib/secret/read-secret.ts';
import { firingAlerts } from '../metrics/alertmanager-http.ts';
import { askNow } from '../metrics/prometheus-now.ts';
import type { AlertmanagerAskSpec, CheckSpec, JobAskSpec } from '../release/check-spec.ts';
import type { Policy } from '../release/policy.ts';
import { renderMatchers } from '../rules/promql.ts';

export interface DeskOptions {
  readonly policy: Pick<Policy, 'checks' | 'name' | 'namespace' | 'sources'>;
  readonly alerts: AlertBook;
  readonly clock: Clock;
  /** Counts what is sent. */
  readonly load: LoadCounters;
  /** How a Job is run where the policy is served. */
  readonly job: (spec: JobAskSpec) => Ask;
  /** Where keys are that sign what is sent. */
  readonly readKey: ReadKey;
}

export function checkDesk(options: DeskOptions): CheckDesk {
  const asks = new Map(options.policy.checks.map((check) => [check.name, askOf(check, options)]));
  return new CheckDesk({ namespace: options.policy.namespace, askOf: (name) => asks.get(name) ?? null });
}

/** Who is asked after a restore: Alertmanager, and the checks that the policy names for it. */
export interface RestoreAsk {
  readonly name: string;
  readonly about: 'alerts' | 'data';
  readonly ask: Ask;
}

export const restoreAsks = (options: DeskOptions): readonly RestoreAsk[] =>
  options.policy.checks
    .filter(({ kind, stages }) => kind === 'alertmanager' || stages.includes('onRestore'))
    .map((check) => ({
      name: check.name,
      about: check.kind === 'alertmanager' ? 'alerts' : 'data',
      ask: askOf(check, options),
    }));

function askOf({ ask }: CheckSpec, options: DeskOptions): Ask {
  switch (ask.kind) {
    case 'http':
      return (question, signal) => askHttp(ask, question, { signal, readKey: options.readKey });
    case 'alertmanager':
      return alertAsk(ask, options);
    case 'load':
      return (question, signal) => makeLoad(ask, question, { counters: options.load, signal });
    case 'job':
      return options.job(ask);
    case 'query':
      return (question, signal) => askQuery(ask, question, nowFrom(ask.source, options, signal));
    case 'targets':
      return (question, signal) => askTargets(ask, question, nowFrom(ask.source, options, signal));
  }
}

function nowFrom(name: string, { policy }: DeskOptions, signal: AbortSignal): AskNow {
  const source = policy.sources[name];
  if (source?.kind === 'prometheus') return (promql) => askNow({ name, ...source }, promql, signal);
  return async () => failed({ message: `"${name}" is no prometheus among the sources of policy ${policy.name}` });
}

function alertAsk({ labels, source: name }: AlertmanagerAskSpec, { alerts, clock, policy }: DeskOptions): Ask {
  const source = name === null ? undefined : policy.sources[name];
  const filters = Object.entries(labels).map(([label, value]) => renderMatchers({ [label]: [value] }));
  return () =>
    askAlerts(labels, {
      list: name === null || source?.kind !== 'alertmanager' ? null : () => firingAlerts({ name, ...source }, filters),
      told: () => alerts.firing(labels, clock.wallMs()),
      standing: () => alerts.standing(clock.wallMs()),
    });
}

/** Files and variables of this machine. */
export const ownKey: ReadKey = async (ref) =>
  ref.from === 'secret' ? failed(`Secret ${ref.name} needs a cluster, and there is none here`) : readSecret(ref);

/** Where nothing runs Jobs: a policy that wants one is refused when it is read. */
export const noJobs = (): Ask => async () => ({
  outcome: 'pending',
  message: 'a Job needs a cluster, and there is none here',
  tookMs: null,
});
