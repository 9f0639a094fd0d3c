/** Series as OpenMetrics text, which promtool makes blocks of. */
import type { Series } from '../../src/metrics/series.ts';

/** Of no type: any name will do. */
export function openMetricsOf(all: readonly Series[]): string {
  const families = Map.groupBy(all, ({ metric }) => metric);
  const parts = [...families].map(([metric, series]) => `# TYPE ${metric} unknown\n${series.map(linesOf).join('')}`);
  return `${parts.join('')}# EOF\n`;
}

const linesOf = ({ metric, labels, samples }: Series): string => {
  const name = `${metric}{${Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',')}}`;
  return samples.map(({ atMs, value }) => `${name} ${value} ${(atMs / 1000).toFixed(3)}\n`).join('');
};
