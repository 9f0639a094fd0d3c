/** Why a release stands where it stands, what happens next and when, and what a person can do about it. */
import { calledText } from './called-text.ts';
import { timeOfDay, tookText } from './format-value.ts';
import { nextMoveText } from './next-move.ts';
import type { ReleaseView } from './release-view.ts';
import { rollbackSentence } from './rollback-sentence.ts';
import type { RollbackView } from './rollback-view.ts';

export interface Explanation {
  readonly where: string;
  readonly why: readonly string[];
  /** What was noticed at the start, and goes on being so. */
  readonly noticed: readonly string[];
  readonly next: string;
  /** Commands, ready to be typed. */
  readonly todo: readonly string[];
  /** What else may be ordered now, and what that does. */
  readonly may: readonly { readonly command: string; readonly does: string }[];
}

export const explain = (view: ReleaseView): Explanation => ({
  where: whereIs(view),
  why: whyHere(view),
  noticed: view.notes.map(({ reason, message }) => `${reason}: ${message}`),
  next: whatNext(view),
  todo: whatToDo(view),
  may: view.actions
    .filter(({ allowed }) => allowed)
    .map(({ command, does }) => ({ command: `sluice ${command}`, does })),
});

const whereIs = (view: ReleaseView): string => {
  const step = view.step === null ? '' : `, step ${view.step} of ${view.steps.length} (${view.weight.desired} %)`;
  const end = view.times.endedAtMs ?? view.times.nowMs;
  const spent = `${view.ended ? 'took' : 'for'} ${tookText(end - view.times.startedAtMs)}`;
  return `${view.policy} ${view.stableRevision ?? '(nothing)'} -> ${view.revision}: ${phaseWords[view.phase]}${step}, ${spent}`;
};

export const phaseWords: Readonly<Record<ReleaseView['phase'], string>> = {
  preparing: 'preparing the canary, no traffic yet',
  shifting: 'moving traffic',
  baking: 'baking',
  promoting: 'promoting',
  watching: 'promoted, under watch',
  rollingBack: 'rolling back',
  succeeded: 'succeeded',
  rolledBack: 'rolled back',
  failed: 'ended without a verdict',
};

const whyHere = (view: ReleaseView): readonly string[] => {
  const why: string[] = [];
  if (view.rollback !== null) why.push(...rollbackWords(view.rollback));
  else if (view.cause !== null) why.push(view.cause.message);
  for (const { by, reason, sinceMs } of view.pauses) {
    if (by === 'blind') why.push(`paused since ${timeOfDay(sinceMs)}: ${reason}`);
  }
  if (view.waiting !== null && !view.ended) why.push(view.waiting.message);
  if (!view.ended) why.push(...rulesInTheWay(view));
  if (view.falseAlarm.called !== null) why.push(calledText(view.falseAlarm.called));
  if (why.length === 0) why.push(view.ended ? 'nothing objected' : `nothing objects: ${passing(view)}`);
  return [...new Set(why)];
};

const rollbackWords = (rollback: RollbackView): readonly string[] =>
  [rollbackSentence(rollback), rollback.didNotHelp].filter((words) => words !== null);

const rulesInTheWay = (view: ReleaseView): readonly string[] =>
  view.rules
    .filter((rule) => !rule.advisory && rule.verdict !== null && rule.verdict !== 'pass')
    .map((rule) => `${rule.name} (${rule.alert}, ${rule.at}): ${rule.message}`);

const passing = ({ rules }: ReleaseView): string => {
  const passed = rules.filter(({ verdict }) => verdict === 'pass').length;
  return `${passed} of ${rules.length} rules pass`;
};

const whatNext = (view: ReleaseView): string => {
  if (view.ended)
    return view.frozen ? 'nothing: this revision is not tried again until someone says so' : 'nothing: it has ended';
  const at = view.next.atMs === null ? '' : ` (at ${timeOfDay(view.next.atMs)})`;
  return `${nextMoveText(view.next)}${at}; ${view.falseAlarm.sentence}`;
};

const whatToDo = (view: ReleaseView): readonly string[] => {
  const named = (answer: string): string => {
    const [verb = '', ...rest] = answer.split(' ');
    return ['sluice', verb, view.id, ...rest].join(' ');
  };
  if (view.attention !== null) return view.attention.answers.map(named);
  if (view.ended) return view.frozen ? [named('retry --reason TEXT'), named('report')] : [named('report')];
  return [named('watch')];
};
