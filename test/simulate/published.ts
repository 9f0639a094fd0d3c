/** What is published for each traffic: how often a healthy release is rolled back or late, and a bad one passes. */
import type { Figure } from './scenarios.ts';

const traffics = [10, 100, 1000] as const;

const lines = [
  { title: 'P(healthy rolled back)', scenario: 'product-healthy-0.05-$', label: 'P(healthy rolled back)' },
  {
    title: 'P(healthy promoted within plan + 10 %)',
    scenario: 'product-healthy-0.05-$',
    label: 'within plan + 10 %',
  },
  { title: 'P(a canary at 2x the limit passes)', scenario: 'product-bad-0.2-$-phi-1', label: 'P(bad passes)' },
  { title: 'P(a canary at 3x the limit passes)', scenario: 'product-bad-0.3-$-phi-1', label: 'P(bad passes)' },
  { title: 'P(a canary at 5x the limit passes)', scenario: 'product-bad-0.5-$-phi-1', label: 'P(bad passes)' },
] as const;

/** `found`: the figures of each scenario that was run, by its name. Empty where the figures of a line are not all there. */
export const published = (found: ReadonlyMap<string, readonly Figure[]>): readonly string[] => {
  const rows = lines.map(({ title, scenario, label }) => ({
    title,
    cells: traffics.map(
      (total) => found.get(scenario.replace('$', `${total}`))?.find((each) => each.label === label)?.text ?? null,
    ),
  }));
  if (rows.some(({ cells }) => cells.includes(null))) return [];
  return [
    row(
      'Published: alpha 0.001, 6 rules, healthy 0.05 %',
      traffics.map((total) => `${total} req/s`),
    ),
    ...rows.map(({ title, cells }) => row(title, cells)),
  ];
};

const row = (title: string, cells: readonly (string | null)[]): string =>
  title.padEnd(50) + cells.map((cell) => (cell ?? '').padStart(14)).join('');
