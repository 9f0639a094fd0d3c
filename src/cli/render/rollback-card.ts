/** What took a release back, as a card: rule, value against limit, first breach, decision, time to zero, users hit. */
import { timeOfDay, tookText, valueText } from '../../report/format-value.ts';
import type { RollbackView } from '../../report/rollback-view.ts';
import { wrap } from './fit.ts';
import type { Paint } from './paint.ts';

export const rollbackCard = (
  rollback: RollbackView,
  { width, paint }: { readonly width: number; readonly paint: Paint },
): readonly string[] => {
  const room = Math.min(width, 100) - margin;
  const head = rollback.zeroAtMs === null ? 'ROLLING BACK' : 'ROLLED BACK';
  const lines = facts(rollback).flatMap(([name, value]) =>
    wrap(value, room).map((line, index) => `   ${(index === 0 ? name : '').padEnd(nameWidth)}${line}`),
  );
  return [paint(`== ${head} `.padEnd(Math.min(width, 100), '='), 'bad'), ...lines];
};

const nameWidth = 14;
const margin = nameWidth + 3;

const facts = (rollback: RollbackView): readonly (readonly [string, string])[] => {
  const { rule, at, unit, value, limitWords, firstBreachAtMs, zeroAtMs, toZeroMs, requestsFailed } = rollback;
  const rows: [string, string][] = [];
  if (rule !== null) rows.push(['rule', `${rule} (${at ?? 'unknown place'})`]);
  if (unit !== null && limitWords !== null) rows.push(['value', `${valueText(value, unit)} against ${limitWords}`]);
  rows.push(['reason', `${rollback.message} (${rollback.reason})`]);
  if (firstBreachAtMs !== null) rows.push(['first breach', timeOfDay(firstBreachAtMs)]);
  rows.push(['decided', timeOfDay(rollback.decidedAtMs)]);
  const zero =
    zeroAtMs === null ? 'not confirmed yet' : `${timeOfDay(zeroAtMs)}, ${tookText(toZeroMs ?? 0)} after the decision`;
  rows.push(['weight 0', zero]);
  if (rollback.emptyAtMs !== null && zeroAtMs !== null)
    rows.push([
      'drained',
      `${timeOfDay(rollback.emptyAtMs)}, ${tookText(rollback.emptyAtMs - zeroAtMs)} after weight 0`,
    ]);
  if (rollback.promise !== null) rows.push(['how sure', rollback.promise]);
  if (requestsFailed !== null) rows.push(['users', `${requestsFailed} requests failed on the canary`]);
  if (rollback.didNotHelp !== null) rows.push(['DID NOT HELP', rollback.didNotHelp]);
  return rows;
};
