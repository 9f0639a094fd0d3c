/** What makes a series the same one over time and over sources. */
import type { Labels, Series } from './series.ts';

/** The scraped process that a series comes from. */
export const targetOf = (labels: Labels): string => labels['instance'] ?? '';

/** Labels that the monitoring system adds to everything of a target; never part of what the process itself counts. */
const addedEverywhere: ReadonlySet<string> = new Set(['instance', 'job']);

/** `0.5`, `0.50` and `5e-1` are one bound. */
const canonical = (label: string, value: string): string => {
  if (label !== 'le') return value;
  const bound = boundOf(value);
  return Number.isNaN(bound) ? value : String(bound);
};

/** A bucket's `le` as a number; NaN when it is none. */
export const boundOf = (le: string | undefined): number => {
  if (le === undefined || le.trim() === '') return Number.NaN;
  return le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le);
};

/** All buckets of one histogram with one bound. */
export const bucketKey = ({ metric, labels }: Series): string => `${metric} ${boundOf(labels['le'])}`;

/**
 * Metric and the labels of the process's own, in order. `added` are the labels of the target's `up` series: what one
 * source adds (job, namespace, pod) another does not, and the counter is the same.
 */
export function seriesKey(series: Series, added: Labels): string {
  const known = knownKeys.get(series.labels);
  if (known?.metric === series.metric && known.added === added) return known.key;
  const key = newKey(series, added);
  knownKeys.set(series.labels, { metric: series.metric, added, key });
  return key;
}

/** Where one history is looked at again and again, the labels are the same objects. */
const knownKeys = new WeakMap<Labels, { readonly metric: string; readonly added: Labels; readonly key: string }>();

function newKey({ metric, labels }: Series, added: Labels): string {
  const own = Object.keys(labels)
    .filter((label) => !addedEverywhere.has(label) && added[label] !== labels[label])
    .sort();
  return `${metric}{${own.map((label) => `${label}=${JSON.stringify(canonical(label, labels[label] ?? ''))}`).join(',')}}`;
}

const ofFamily = /_(?:total|bucket|count|sum|created)$/;

/** The `_created` series that belongs to a counter or to a histogram's part. */
export function createdKey({ metric, labels }: Series, added: Labels): string {
  const { le: _le, ...others } = labels;
  return seriesKey({ metric: createdName(metric), labels: others, samples: [] }, added);
}

export const createdName = (metric: string): string => `${metric.replace(ofFamily, '')}_created`;
