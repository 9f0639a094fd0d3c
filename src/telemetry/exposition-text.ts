/** Samples in Prometheus' text format: many of them in little time, since every scrape holds up the loop for as long as it takes. */
import type { MetricFamily } from './metric-names.ts';
import type { ReleaseSample } from './release-samples.ts';

/** A family without a sample is described all the same. */
export const expositionText = (families: readonly MetricFamily[], samples: readonly ReleaseSample[]): string => {
  const lines = new Map<string, string[]>(families.map(({ name }) => [name, []]));
  for (const sample of samples) lines.get(sample.name)?.push(lineOf(sample));
  return families
    .map(
      ({ help, kind, name }) => `# HELP ${name} ${help}\n# TYPE ${name} ${kind}\n${(lines.get(name) ?? []).join('')}`,
    )
    .join('\n');
};

const lineOf = ({ labels, name, value }: ReleaseSample): string => {
  let text = name;
  let sign = '{';
  for (const label in labels) {
    text += `${sign}${label}="${escaped(labels[label] ?? '')}"`;
    sign = ',';
  }
  return `${text}} ${value}\n`;
};

const special = /[\\"\n]/;
const eachSpecial = /[\\"\n]/g;

const escaped = (value: string): string =>
  special.test(value) ? value.replace(eachSpecial, (sign) => (sign === '\n' ? '\\n' : `\\${sign}`)) : value;
