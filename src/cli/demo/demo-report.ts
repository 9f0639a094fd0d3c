/** The end of the demo on a screenful: both releases, the outage, what users saw, and whether every promise was kept. Pure. */
import { fit, wrap } from '../render/fit.ts';
import type { Paint } from '../render/paint.ts';
import type { DemoFacts } from './demo-facts.ts';
import type { Outcome } from './demo-outcomes.ts';
import { reportRows } from './report-rows.ts';

export interface ReportInput {
  readonly facts: DemoFacts;
  readonly outcomes: readonly Outcome[];
  readonly width: number;
  readonly paint: Paint;
}

const widest = 100;
const nameWidth = 14;

export const demoReport = ({ facts, outcomes, width, paint }: ReportInput): readonly string[] => {
  const room = Math.min(width, widest);
  const title = (text: string): string => paint(`== ${text} `.padEnd(room, '='), 'strong');
  const isGood = outcomes.every(({ objections }) => objections.length === 0);
  return [
    title('REPORT'),
    ...reportRows(facts).flatMap(({ name, words }) =>
      wrap(words, room - nameWidth).map((line, index) => `${(index === 0 ? name : '').padEnd(nameWidth)}${line}`),
    ),
    title('OUTCOMES'),
    ...outcomes.flatMap((outcome) => outcomeLines(outcome, { width: room, paint })),
    ...remarks(facts, isGood ? [] : [closerLook]).flatMap((remark) =>
      wrap(remark, room, '  ').map((line) => paint(line, 'care')),
    ),
  ];
};

const closerLook = 'To look closer: run it again with --keep, then `sluice explain` and `sluice report` say more.';

const outcomeLines = (
  { promise, objections }: Outcome,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): readonly string[] => [
  (objections.length === 0 ? paint('yes  ', 'good') : paint('NO   ', 'bad')) + fit(promise, width - 5),
  ...objections.flatMap((each) =>
    wrap(each, width - 7).map((line, index) => `     ${index === 0 ? '- ' : '  '}${line}`),
  ),
];

const remarks = ({ answered, cutShort, interventions }: DemoFacts, more: readonly string[]): readonly string[] => [
  ...answered.map(
    (rule) => `${rule} warned and asked for a person: the machine was busy, the demo answered in your place`,
  ),
  ...interventions.map((each) => `you did this: ${each}`),
  ...(cutShort === null ? [] : [cutShort]),
  ...more,
];
