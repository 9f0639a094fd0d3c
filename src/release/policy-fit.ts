/** Whether rules and a policy fit together. */
import { type FileError, fileError } from '../lib/config-file/file-error.ts';
import { labelsFor, lastingLabels } from '../rules/arm-labels.ts';
import type { Rule, RuleSet } from '../rules/rule.ts';
import type { Policy } from './policy.ts';

/** The parts of a policy that rules must fit. */
export type FitFor = Pick<Policy, 'name' | 'metrics' | 'sources' | 'plan'>;

const computedBySource = (policy: FitFor, rule: Rule): string | null => {
  const { source } = policy.metrics;
  if (rule.sli.kind !== 'expression' || policy.sources[source]?.kind !== 'scrape') return null;
  return `${rule.name} needs a Prometheus to compute its query; the source "${source}" of policy ${policy.name} is a scrape`;
};

/** The series of another day had other instances, and other versions: something that lasts must name the service. */
const pastUnknown = (policy: FitFor, { name, sli }: Rule): string | null => {
  if (sli.kind !== 'volume' || sli.agoMs === undefined) return null;
  const { source, labels, own: others } = policy.metrics;
  if (policy.sources[source]?.kind === 'scrape')
    return `${name} compares with another day, which only a Prometheus remembers; the source "${source}" of policy ${policy.name} is a scrape`;
  const { metric, matchers } = sli.total;
  const own = labelsFor({ labels, own: others }, metric);
  const lasting = Object.keys(lastingLabels(own));
  if (lasting.length > 0 || matchers.some(({ op }) => op === '=' || op === '=~')) return null;
  return `${name} compares with another day, when other instances served: name the service's series by what lasts, as in query: { total: '${metric}{job="${policy.name}"}' }${own === labels ? `, or by a fixed label in metrics.labels of policy ${policy.name}` : ''}`;
};

const knowsNoAlerts = (policy: FitFor, rule: Rule): string | null => {
  const { alerts, source } = policy.metrics;
  if (rule.sli.kind !== 'alert' || policy.sources[alerts ?? source]?.kind !== 'scrape') return null;
  return `${rule.name} reads an alert, and the source "${source}" of policy ${policy.name} is a scrape; name an alertmanager or a prometheus with metrics.alerts`;
};

const neverApplies = (policy: FitFor, rule: Rule): string | null => {
  const weights = policy.plan.steps.map(({ weight }) => weight);
  if (rule.steps.length === 0 || rule.steps.some((weight) => weights.includes(weight))) return null;
  const steps = rule.steps.join(', ');
  return `${rule.name} applies at weights ${steps}; the plan of policy ${policy.name} has only ${weights.join(', ')}`;
};

/** What is wrong with these rules under this policy, at the rules' own lines. */
export const fitErrors = (policy: FitFor, set: RuleSet): readonly FileError[] =>
  set.rules.flatMap((rule) =>
    [
      computedBySource(policy, rule),
      pastUnknown(policy, rule),
      knowsNoAlerts(policy, rule),
      neverApplies(policy, rule),
    ].flatMap((message) =>
      message === null ? [] : [fileError(rule.at.file, { line: rule.at.line, col: 1 }, message)],
    ),
  );
