/** The table of the contest: a block a situation, a row a judge, a column a traffic. */
import { convictedBy, type Ending, share } from '../../simulate/ending.ts';
import type { Endings } from './contest.ts';
import { judges, type Situation, traffics } from './field.ts';

const nameWidth = 42;
const cellWidth = 26;

/** `runs`: of each traffic. */
export const block = ({ name, canary }: Situation, runs: readonly (readonly Endings[])[]): readonly string[] => {
  const cell = canary === 'healthy' ? falseRollbacks : detection;
  const heading = name.padEnd(nameWidth) + traffics.map((total) => `${total} req/s`.padStart(cellWidth)).join('');
  const rows = judges.map(
    (judge, i) =>
      `  ${judge.name}`.padEnd(nameWidth) + runs.map((each) => cell(endingsOf(each, i)).padStart(cellWidth)).join(''),
  );
  return [heading, ...rows];
};

export const endingsOf = (runs: readonly Endings[], judge: number): readonly Ending[] =>
  runs.map((endings) => endings[judge] as Ending);

const inPercent = (value: number): string => (value * 100).toFixed(value > 0 && value < 0.1 ? 2 : 1);

const shares = (endings: readonly Ending[], [one, other]: readonly [Ending['kind'], Ending['kind']]): string =>
  `${inPercent(share(endings, one))} / ${inPercent(share(endings, other))} %`;

const falseRollbacks = (endings: readonly Ending[]): string => shares(endings, ['convicted', 'open']);

const detection = (endings: readonly Ending[]): string => {
  const median = convictedBy(endings, 0.5);
  const when = Number.isFinite(median) ? `${median.toFixed(2)} min` : '-';
  return `${when}, ${shares(endings, ['convicted', 'promoted'])}`;
};
