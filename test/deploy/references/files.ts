/** The pages that are written from the program itself, by their path. */
import { chartDefinitions, chartValues } from './chart.ts';
import { metricReference } from './metric-reference.ts';
import { policyReference } from './policy-reference.ts';

export const references: Readonly<Record<string, () => string>> = {
  'dashboards/metrics.md': metricReference,
  'deploy/policy.md': policyReference,
  'deploy/chart/files/definitions.yaml': chartDefinitions,
  'deploy/chart/values.schema.json': chartValues,
};
