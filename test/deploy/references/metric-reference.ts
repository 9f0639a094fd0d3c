/** Every metric of Sluice as a page, from the list that they are exported by. */
import { type MetricFamily, processMetrics, releaseMetrics } from '../../../src/telemetry/metric-names.ts';

export const metricReference = (): string => `# Metrics

What a controller answers at \`/metrics\`. Written by \`npm run references\` from the list in \`src/telemetry/metric-names.ts\`; the dashboards and alert rules
beside this page use no other names. Times are in seconds, shares between 0 and 1. Metrics of Node's own process (\`process_\`, \`nodejs_\`) come with them.
A controller of several namespaces adds \`namespace\` to all but \`sluice_build_info\`, \`sluice_scrape_errors_total\` and those of Node.

## Releases

The releases that run, and the newest of each policy: read from the store at each scrape, so nothing is left behind when a release goes.

${table(Object.values(releaseMetrics))}

## The controller

Counted since this process started.

${table(Object.values(processMetrics))}
`;

const table = (families: readonly MetricFamily[]): string =>
  ['| metric | kind | labels | what it says |', '|---|---|---|---|', ...families.map(row)].join('\n');

const row = ({ help, kind, labels, name }: MetricFamily): string =>
  `| \`${name}\` | ${kind} | ${labels.map((label) => `\`${label}\``).join(', ')} | ${help} |`;
