/** Series as OpenMetrics text, which promtool makes blocks of. */
import type { Series } from '../../src/metrics/series.ts';

/** Of no type: any name will do. */
export function openMetricsOf(all: readonly Series[]): string {
  const lines = all.map((series) => {
    const head = seriesHead(series);
    return series.samples.map(({ atMs, value }) => `${head} ${value} ${atMs / 1000}\n`).join('');
  });
  return `${lines.join('')}# EOF\n`;
}

/** What a line begins with. */
export const seriesHead = ({ metric, labels }: Pick<Series, 'metric' | 'labels'>): string =>
  `${metric}{${Object.entries(labels)
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`)
    .join(',')}}`;
