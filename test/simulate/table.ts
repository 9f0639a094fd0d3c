/** The table that `npm run simulate` prints: a row a scenario, a line a figure, with reference, bound and whether it holds. */
import type { Figure, Scenario } from './scenarios.ts';

const widths = { title: 64, reference: 34, figure: 36 } as const;

export const heading = (): string =>
  `${'scenario'.padEnd(widths.title)} ${'reference'.padEnd(widths.reference)} ${'found'.padEnd(widths.figure)} must hold`;

export const rowsOf = ({ title, reference }: Scenario, figures: readonly Figure[]): readonly string[] =>
  figures.map((figure, i) => {
    const first = i === 0 ? [title, reference] : ['', ''];
    const found = `${figure.label} ${figure.text}`;
    const verdict = figure.bound === '' ? '' : `${figure.bound}   ${figure.holds ? 'holds' : 'FAILS'}`;
    return [
      (first[0] as string).padEnd(widths.title),
      (first[1] as string).padEnd(widths.reference),
      found.padEnd(widths.figure),
      verdict,
    ]
      .join(' ')
      .trimEnd();
  });
