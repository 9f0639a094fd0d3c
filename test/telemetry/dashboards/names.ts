/** The exported metrics' names, and selectors of them: the one source for dashboards and alert rules. */
import { processMetrics, releaseMetrics } from '../../../src/telemetry/metric-names.ts';

type Names<T extends Readonly<Record<string, { readonly name: string }>>> = { readonly [K in keyof T]: string };

const namesOf = <T extends Readonly<Record<string, { readonly name: string }>>>(families: T): Names<T> =>
  Object.fromEntries(Object.entries(families).map(([key, { name }]) => [key, name])) as Names<T>;

export const metric = { ...namesOf(releaseMetrics), ...namesOf(processMetrics) };

/** Of the policies and releases that the dashboard's variables choose. */
export const chosen = (name: string, more = ''): string =>
  `${name}{policy=~"$policy",release=~"$release"${more === '' ? '' : `,${more}`}}`;

export const ofPolicies = (name: string, more = ''): string =>
  `${name}{policy=~"$policy"${more === '' ? '' : `,${more}`}}`;

export const policyVariable = {
  name: 'policy',
  label: 'Policy',
  query: `label_values(${metric.info}, policy)`,
  all: '.+',
} as const;
