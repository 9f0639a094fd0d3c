/** Every metric that Sluice exports: name, kind, labels and help. Documents and dashboards are checked against this list. */

export interface MetricFamily {
  readonly name: string;
  readonly kind: 'gauge' | 'counter' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
}

const release = ['policy', 'release'] as const;
const rule = [...release, 'rule'] as const;

/** Built from the stored releases at each scrape: nothing is left behind when a release goes. */
export const releaseMetrics = {
  info: {
    name: 'sluice_release_info',
    kind: 'gauge',
    labels: [...release, 'revision', 'stable', 'mode'],
    help: 'One for each release that is shown; its revisions and mode as labels.',
  },
  phase: {
    name: 'sluice_release_phase',
    kind: 'gauge',
    labels: [...release, 'phase'],
    help: 'State set: 1 for the phase the release is in, 0 for every other.',
  },
  started: {
    name: 'sluice_release_started_timestamp_seconds',
    kind: 'gauge',
    labels: release,
    help: 'When the release was started, Unix time.',
  },
  step: {
    name: 'sluice_release_step',
    kind: 'gauge',
    labels: release,
    help: 'Step of the plan that runs, counted from 1; 0 outside the steps.',
  },
  steps: { name: 'sluice_release_steps', kind: 'gauge', labels: release, help: 'Steps in the plan of the release.' },
  weight: {
    name: 'sluice_release_weight_ratio',
    kind: 'gauge',
    labels: [...release, 'source'],
    help: 'Share of the traffic for the canary: desired, applied (read back from the router) or observed (counted requests).',
  },
  blind: {
    name: 'sluice_release_blind_seconds',
    kind: 'gauge',
    labels: release,
    help: 'Time of the release without any answer from its metric sources.',
  },
  waiting: {
    name: 'sluice_release_waiting',
    kind: 'gauge',
    labels: [...release, 'reason'],
    help: 'One while the release stands still, with the reason of the gate.',
  },
  gates: {
    name: 'sluice_release_gates_closed',
    kind: 'gauge',
    labels: release,
    help: 'Gates that keep the first traffic of a release away: failed, or not heard of yet.',
  },
  approvals: {
    name: 'sluice_release_approvals_waiting',
    kind: 'gauge',
    labels: release,
    help: 'Approvals that the first traffic of a release still waits for.',
  },
  value: {
    name: 'sluice_rule_value',
    kind: 'gauge',
    labels: [...rule, 'arm'],
    help: 'Value of a rule over its window by arm, canary or stable: a ratio (of errors, of slow answers, of the traffic), or seconds.',
  },
  threshold: {
    name: 'sluice_rule_threshold',
    kind: 'gauge',
    labels: [...rule, 'alert'],
    help: 'Limit of a rule, in the unit of its value.',
  },
  evidence: {
    name: 'sluice_rule_evidence_nats',
    kind: 'gauge',
    labels: [...rule, 'test'],
    help: 'Natural logarithm of the evidence of a test: absolute and relative speak against the canary, health for it.',
  },
  conviction: {
    name: 'sluice_rule_conviction_nats',
    kind: 'gauge',
    labels: rule,
    help: 'Evidence that absolute or relative must reach to convict.',
  },
  verdict: {
    name: 'sluice_rule_verdict',
    kind: 'gauge',
    labels: [...rule, 'verdict'],
    help: 'State set: 1 for the verdict of a rule (pass, suspect, breach, inconclusive), 0 for every other.',
  },
  events: {
    name: 'sluice_rule_events',
    kind: 'gauge',
    labels: rule,
    help: 'Canary events that a rule has judged since the release began.',
  },
} as const satisfies Readonly<Record<string, MetricFamily>>;

/** Counted by this process since it started. */
export const processMetrics = {
  build: { name: 'sluice_build_info', kind: 'gauge', labels: ['version'], help: 'One; the version as a label.' },
  decisions: {
    name: 'sluice_decisions_total',
    kind: 'counter',
    labels: ['decision', 'reason'],
    help: 'Decisions of the gate that differ from the one before, by decision and reason.',
  },
  rollbacks: {
    name: 'sluice_rollbacks_total',
    kind: 'counter',
    labels: ['policy', 'rule'],
    help: 'Rollbacks by the rule that convicted; rule is empty where a person or a limit decided.',
  },
  ended: {
    name: 'sluice_releases_ended_total',
    kind: 'counter',
    labels: ['policy', 'outcome'],
    help: 'Releases that ended, by outcome: succeeded, rolledBack or failed.',
  },
  releaseSeconds: {
    name: 'sluice_release_seconds',
    kind: 'histogram',
    labels: ['policy', 'outcome'],
    help: 'Seconds from the start of a release to its end, by outcome.',
  },
  falseAlarms: {
    name: 'sluice_false_alarms_total',
    kind: 'counter',
    labels: ['policy', 'rule'],
    help: 'Rollbacks that a person called a false alarm, by the rule that convicted.',
  },
  breachToZero: {
    name: 'sluice_breach_to_zero_seconds',
    kind: 'histogram',
    labels: [],
    help: 'Seconds from the decision to roll back until weight 0 was read back.',
  },
  queries: {
    name: 'sluice_source_query_seconds',
    kind: 'histogram',
    labels: ['source'],
    help: 'Seconds that a metric source took to answer, failures included.',
  },
  queryErrors: {
    name: 'sluice_source_errors_total',
    kind: 'counter',
    labels: ['source', 'reason'],
    help: 'Queries that a metric source did not answer, by reason.',
  },
  reconciles: {
    name: 'sluice_reconcile_seconds',
    kind: 'histogram',
    labels: [],
    help: 'Seconds from a look at a release to the end of what was done about it.',
  },
  reconcileErrors: {
    name: 'sluice_reconcile_errors_total',
    kind: 'counter',
    labels: ['policy'],
    help: 'Looks at a release that ended in an error of the program.',
  },
  drift: {
    name: 'sluice_drift_corrections_total',
    kind: 'counter',
    labels: ['policy'],
    help: 'Weights that somebody else raised and that were put back.',
  },
  writes: {
    name: 'sluice_router_writes_total',
    kind: 'counter',
    labels: ['outcome'],
    help: 'Weight writes by outcome: ok, or the reason of the failure.',
  },
  notifications: {
    name: 'sluice_notifications_total',
    kind: 'counter',
    labels: ['target', 'outcome'],
    help: 'Notifications by target and outcome: sent, failed or dropped.',
  },
  requests: {
    name: 'sluice_api_requests_total',
    kind: 'counter',
    labels: ['method', 'code'],
    help: 'Requests that the HTTP server answered.',
  },
  scrapeErrors: {
    name: 'sluice_scrape_errors_total',
    kind: 'counter',
    labels: [],
    help: 'Scrapes that could not read the store: the families of releases are missing from them.',
  },
} as const satisfies Readonly<Record<string, MetricFamily>>;

export const metricFamilies: readonly MetricFamily[] = [
  ...Object.values(releaseMetrics),
  ...Object.values(processMetrics),
];
