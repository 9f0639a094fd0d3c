/** A release as a screen of lines: what is going on, the rules, what stands in the way, what happened last. Pure. */
import type { LogEntry } from '../release/log.ts';
import { explain, phaseWords } from '../report/explain.ts';
import { countText, timeOfDay } from '../report/format-value.ts';
import { nextMoveText } from '../report/next-move.ts';
import type { ReleaseView } from '../report/release-view.ts';
import { percent } from '../verdict/words.ts';
import { checklistLines, isAwaited } from './render/checklist-lines.ts';
import { columnsOf } from './render/columns.ts';
import { fit, wrap } from './render/fit.ts';
import type { Paint, Tone } from './render/paint.ts';
import { rollbackCard } from './render/rollback-card.ts';
import { ruleTable } from './render/rule-table.ts';
import { shown } from './render/shown.ts';
import { stepBar } from './render/step-bar.ts';

export interface Screen {
  /** Columns and lines that may be used. */
  readonly width: number;
  readonly height: number;
  readonly paint: Paint;
}

/** At most `height` lines of at most `width` characters (colour aside); what is oldest goes first. */
export const liveScreen = (view: ReleaseView, screen: Screen): readonly string[] => {
  const { width, height, paint } = screen;
  const toned = (text: string, tone: Tone): string => paint(fit(text, width), tone);
  const upper = [
    ...headline(view, width).map((line) => toned(line, 'strong')),
    ...weightLine(view, width).map((line) => fit(line, width)),
    fit(stepBar(view.steps, width), width),
    ...(view.rollback === null ? [] : rollbackCard(view.rollback, screen)),
  ];
  upper.push(...stand(view, { ...screen, height: height - upper.length }));
  upper.push(...ruleSentences(view, { ...screen, height: height - upper.length }));
  const room = Math.max(0, height - upper.length);
  const lower = [...view.recent].reverse().slice(0, room);
  return [...upper, ...lower.map((entry) => toned(logLine(entry), 'faint'))].slice(0, height);
};

/** The rules, and what stands in the way; what is waited for comes first, while it is. */
const stand = (view: ReleaseView, screen: Screen): readonly string[] => {
  const { height, paint, width } = screen;
  const rules = ruleTable(view.rules, screen);
  const noted = notes(view).flatMap((note) => wrap(`! ${note}`, width, '  ').map((line) => paint(line, 'care')));
  if (!isAwaited(view)) return [...rules, ...noted];
  return [...checklistLines(view, { ...screen, height: height - noted.length }), ...noted, ...rules];
};

/** Of the log, before anything else gets lines that are left over. */
const logFirst = 20;

/** What each rule's verdict rests on, where there are lines to spare. */
const ruleSentences = (view: ReleaseView, { width, height, paint }: Screen): readonly string[] => {
  const told = view.rules.filter((rule) => rule.verdict !== null && !isInTheWay(rule));
  const lines = told.flatMap(({ name, message }) =>
    wrap(message.startsWith(name) ? message : `${name}: ${message}`, width, '  '),
  );
  return lines.length === 0 || view.ended || height < lines.length + logFirst + 2
    ? []
    : ['', ...lines.map((line) => paint(line, 'faint')), ''];
};

export const headline = (view: ReleaseView, width: number): readonly string[] => {
  const what = `${view.policy}  ${view.stableRevision ?? '(nothing)'} -> ${view.revision}`;
  const where = view.step === null ? phaseWords[view.phase] : `step ${view.step}/${view.steps.length}`;
  const next = view.ended ? '' : `next: ${nextMoveText(view.next)}`;
  return packed([what, where, next], width);
};

export const weightLine = (view: ReleaseView, width: number): readonly string[] => {
  const { desired, applied, observedPercent, observedRequests } = view.weight;
  const shares = `weight  desired ${desired} %  applied ${applied === null ? '-' : `${applied} %`}`;
  const counted =
    observedPercent === null ? '-' : `${percent(observedPercent / 100)} (${countText(observedRequests)} requests)`;
  const { instances } = view;
  const there = instances === null ? '' : `stable ${ofThem(instances.stable)}  canary ${ofThem(instances.canary)}`;
  return packed([shares, `observed ${counted}`, there], width);
};

const ofThem = ({ ready, wanted }: { readonly ready: number; readonly wanted: number }): string => `${ready}/${wanted}`;

/** Parts in one line where they fit, else in as many as they need. */
const packed = (parts: readonly string[], width: number): readonly string[] =>
  parts
    .filter((part) => part !== '')
    .reduce<readonly string[]>((lines, part) => {
      const last = lines.at(-1);
      const longer = `${last ?? ''}   ${part}`;
      return last === undefined || columnsOf(longer) > width ? [...lines, part] : [...lines.slice(0, -1), longer];
    }, []);

/** What it waits for, and the rules that stand in the way; what the headline or the checklist says already is left out. */
const notes = (view: ReleaseView): readonly string[] => {
  if (view.ended) return view.rollback === null && view.cause !== null ? [view.cause.message] : [];
  const isListed = isAwaited(view) && onChecklist.has(view.waiting?.reason ?? '');
  const isSaid = view.waiting === null || inHeadline.has(view.waiting.reason) || isListed;
  const rules = view.rules.filter(isInTheWay).map((rule) => `${rule.name} (${rule.at}): ${rule.message}`);
  return [...(isSaid ? [] : [view.waiting.message]), ...rules, ...(isListed ? [] : answers(view))];
};

/** What a person can say to what waits for one. */
const answers = (view: ReleaseView): readonly string[] =>
  view.attention === null || view.attention.answers.length === 0 ? [] : [explain(view).todo.join('  or  ')];

const inHeadline = new Set(['StillBaking', 'Watching', 'Promoting', 'RollingBack']);
const onChecklist = new Set(['ApprovalPending', 'CheckFailed', 'CheckPending', 'GateFailed', 'GateWaits']);

const isInTheWay = ({ verdict, advisory }: ReleaseView['rules'][number]): boolean =>
  !advisory && (verdict === 'suspect' || verdict === 'breach');

export const logLine = ({ atMs, message }: LogEntry): string => `${timeOfDay(atMs)} ${shown(message)}`;
