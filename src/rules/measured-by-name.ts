/** What a rule's name says that it measures. */
import { nearest } from '../lib/nearest.ts';

export type Resource = 'cpu' | 'memory' | 'disk';

export type Measured =
  /** Failed requests out of all. */
  | { readonly kind: 'errors' }
  /** Response times: the share of requests slower than the threshold. */
  | { readonly kind: 'time'; readonly quantile: number }
  /** How many requests the version gets. */
  | { readonly kind: 'volume' }
  /** Use of a resource, as a share of its limit. */
  | { readonly kind: 'share'; readonly resource: Resource }
  /** An alert of the user's own. */
  | { readonly kind: 'alert' }
  /** A level of the user's own. */
  | { readonly kind: 'level' };

/** The names that presets know, for completion and for suggestions. */
export const knownNames = [
  'error_rate',
  'response_time_p50',
  'response_time_p90',
  'response_time_p95',
  'response_time_p99',
  'throughput',
  'cpu_usage',
  'memory_usage',
  'disk_usage',
] as const;

/** `response_time_p95` and `p999` (99.9 %), also after a word of one's own: `checkout_response_time_p95`. */
const quantileName = /(?:^|_)response_time_p([0-9]{2,4})$/;

/** 95 is 0.95, 999 is 0.999; null for 00. */
export const quantileOf = (digits: string): number | null => {
  const quantile = Number(`0.${digits}`);
  return quantile > 0 ? quantile : null;
};

const plainNames: readonly (readonly [string, Measured])[] = [
  ['error_rate', { kind: 'errors' }],
  ['throughput', { kind: 'volume' }],
  ['cpu_usage', { kind: 'share', resource: 'cpu' }],
  ['memory_usage', { kind: 'share', resource: 'memory' }],
  ['disk_usage', { kind: 'share', resource: 'disk' }],
];

/** What the name, or its ending after `_`, stands for; null when it is nothing that a preset knows. */
export const measuredByEnding = (name: string): Measured | null => {
  const quantile = quantileOf(quantileName.exec(name)?.[1] ?? '0');
  if (quantile !== null) return { kind: 'time', quantile };
  const found = plainNames.find(([known]) => name === known || name.endsWith(`_${known}`));
  return found?.[1] ?? null;
};

/** As `measuredByEnding`, for the whole name only. */
export const measuredByName = (name: string): Measured | null => {
  const whole = plainNames.some(([known]) => known === name) || /^response_time_p[0-9]+$/.test(name);
  return whole ? measuredByEnding(name) : null;
};

export const nearestName = (name: string): string | null => nearest(name, knownNames);
