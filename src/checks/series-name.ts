/** Names a series by its labels, in few characters. */
import type { Labels } from '../metrics/series.ts';

/** `{namespace="shop"} `; empty without labels. */
export const seriesName = (labels: Labels): string => {
  const all = Object.entries(labels).map(([label, value]) => `${label}="${value}"`);
  return all.length === 0 ? '' : `{${all.join(', ')}} `;
};

/** `app at 10.0.0.7:8080`. */
export const targetName = ({ instance = '', job = '' }: Labels): string =>
  [job, instance].filter((part) => part !== '').join(' at ') || 'a target without job and instance';
