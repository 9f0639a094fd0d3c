/** The pages that are written from the program itself, by their path. */
import { metricReference } from './metric-reference.ts';
import { policyReference } from './policy-reference.ts';

export const references: Readonly<Record<string, () => string>> = {
  'dashboards/metrics.md': metricReference,
  'deploy/policy.md': policyReference,
};
