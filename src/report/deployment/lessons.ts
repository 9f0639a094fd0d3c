/** What went well, what could be better, and what is left for people: derived from what happened, never from a guess. */

import { riseSentences } from '../after/after-words.ts';
import { tookText } from '../format-value.ts';
import { heldByReason } from '../held.ts';
import { median } from '../trends/median.ts';
import { impactOf } from './impact.ts';
import { type StepReport, stepReports } from './step-report.ts';
import type { Told } from './told.ts';

export interface Lessons {
  readonly wentWell: readonly string[];
  readonly couldImprove: readonly string[];
  /** For people: nobody else does them. */
  readonly actions: readonly string[];
}

export const lessonsOf = (told: Told): Lessons => ({
  wentWell: good.flatMap((say) => say(told)),
  couldImprove: better.flatMap((say) => say(told)),
  actions: todo.flatMap((say) => say(told)),
});

type Say = (told: Told) => readonly string[];

const good: readonly Say[] = [
  ({ release }) => {
    const { level, sentence } = impactOf(release);
    return level === 'zeroDowntime' ? [`no interruption over 30 s: ${sentence}`] : [];
  },
  ({ view: { rollback } }) =>
    rollback === null || rollback.toZeroMs === null
      ? []
      : [`weight 0 within ${tookText(rollback.toZeroMs)} of the decision to take it back`],
  ({ view }) => {
    const judged = view.rules.filter(({ advisory }) => !advisory);
    const all = judged.length > 0 && judged.every(({ verdict }) => verdict === 'pass');
    return all ? [`all ${judged.length} rules passed when last looked at`] : [];
  },
  ({ endMs, log }) =>
    heldByReason(log, endMs).length === 0 ? ['it never stood still for a reason outside of its plan'] : [],
  ({ release }) => (release.sight.totalBlindMs === 0 ? ['its metrics answered all the time'] : []),
  ({ view }) => {
    const { checklist } = view;
    const all = checklist.length > 0 && checklist.every(({ state }) => state === 'passed');
    return all
      ? [`all ${checklist.length} gates and approvals passed before the first traffic, none was overridden`]
      : [];
  },
];

/** A step may take so much longer than its bake before anybody calls it slow. */
const slowFactor = 1.25;

const better: readonly Say[] = [
  (told) => stepReports(told).flatMap((step) => slowStep(step, told)),
  ({ endMs, log }) =>
    heldByReason(log, endMs).map(
      ({ lastedMs, reason, rule }) =>
        `stood still for ${tookText(lastedMs)}: ${reason}${rule === null ? '' : ` of ${rule}`}`,
    ),
  ({ release: { sight } }) =>
    sight.totalBlindMs > 0 ? [`the metrics did not answer for ${tookText(sight.totalBlindMs)}`] : [],
  ({ release }) =>
    release.investigations
      .filter(({ state }) => state === 'answered')
      .map(({ rule }) => `${rule} asked a person, who let it go on: is its limit the right one?`),
  ({ release: { calledFalseAlarm: called } }) =>
    called === null ? [] : [`the rollback was called a false alarm by ${called.who}: "${called.reason}"`],
  ({ view }) =>
    view.checklist
      .filter(({ state }) => state === 'overridden')
      .map(({ kind, name }) => `${kind} ${name} was overridden: it did not hold what it is there for`),
  ({ view }) =>
    view.rules
      .filter(({ advisory, verdict }) => !advisory && verdict === 'inconclusive')
      .map(({ message, name }) => `${name} could not be judged in the end: ${message}`),
  ({ after }) => (after === null ? [] : riseSentences(after)),
  (told) => slowerThanUsual(told),
  (told) => oftenTakenBack(told),
  ({ log }) => {
    const count = log.filter(({ reason }) => reason === 'WeightUnverified').length;
    return count > 0 ? [`${count} of the weights could not be seen in the traffic, only in the configuration`] : [];
  },
];

const slowStep = ({ bakeMs, tookMs, weight }: StepReport, { release }: Told): readonly string[] =>
  tookMs === null || tookMs <= bakeMs * slowFactor + 60_000 / release.compression
    ? []
    : [`the step at ${weight} % took ${tookText(tookMs)}, its bake is ${tookText(bakeMs)}`];

/** Of fewer nobody can say what is usual. */
const fewestUsual = 3;

/** As many times the median of those before it. */
const unusualFactor = 1.5;

function slowerThanUsual({ earlier, release: { id } }: Told): readonly string[] {
  const own = earlier.find((past) => past.id === id);
  const others = earlier.filter((past) => past.id !== id && past.result === 'succeeded' && past.endedAtMs !== null);
  const usualMs = median(others.map(({ durationMs }) => durationMs));
  if (own?.result !== 'succeeded' || own.endedAtMs === null || usualMs === null || others.length < fewestUsual)
    return [];
  if (own.durationMs < usualMs * unusualFactor) return [];
  return [`took ${tookText(own.durationMs)}; half of the ${others.length} before it took ${tookText(usualMs)} or less`];
}

/** As far back as one rule counts again and again. */
const lately = 10;

function oftenTakenBack({ earlier, view: { rollback } }: Told): readonly string[] {
  const rule = rollback?.rule ?? null;
  const last = earlier.slice(0, lately);
  const times = last.filter(({ causeRule, result }) => result === 'rolledBack' && causeRule === rule).length;
  return rule === null || times < 2 ? [] : [`${rule} took back ${times} of the last ${last.length} releases`];
}

const todo: readonly Say[] = [
  ({ view }) =>
    view.result === 'rolledBack' || view.result === 'failed'
      ? [
          `find out why ${view.revision} was taken back${view.frozen ? `; it is frozen until \`sluice retry ${view.id}\`` : ''}`,
        ]
      : [],
  ({ release, view }) =>
    release.investigations.map(({ rule }) => {
      const at = view.rules.find(({ name }) => name === rule)?.at;
      return `look at ${rule}${at === undefined ? '' : ` (${at})`}: it spoke against the release`;
    }),
  ({ view }) => {
    const open = view.tasks.filter(({ done }) => !done);
    return open.length > 0 ? [`${open.length} of ${view.tasks.length} tasks afterwards are open`] : [];
  },
];
