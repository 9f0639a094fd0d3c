/** Words that stand in a rule and change nothing there. */
import { formatDuration } from '../../lib/duration.ts';
import { atWord, type Finding, type RuleSubject } from './finding.ts';

type Word = 'advanceOn' | 'missing' | 'dryRun' | 'minEvents' | 'warmUp' | 'steps' | 'ratio' | 'compare';
type Sense = (subject: RuleSubject) => string | null;

const holdsNothingBack = ({ rule }: RuleSubject): string | null => {
  if (rule.dryRun) return 'dryRun: true moves nothing';
  return rule.alert === 'critical' ? null : 'only a critical rule must pass before the weight rises';
};

const because = (word: string, why: string | null): string | null =>
  why === null ? null : `${word} has no effect: ${why}`;

const onlyAtFull = ({ rule }: RuleSubject): boolean =>
  rule.steps.length > 0 && rule.steps.every((weight) => weight === 100);

const comparesAtFull: Sense = (subject) =>
  onlyAtFull(subject) ? 'at 100 % there is no stable traffic to compare with' : null;

const strangeWeights: Sense = (subject) => {
  const { rule, plan } = subject;
  if (onlyAtFull(subject) && rule.sli.kind === 'volume' && rule.sli.agoMs === undefined)
    return 'at 100 % the canary has all requests: its share says nothing there, and the rule is never judged';
  if (plan === null) return null;
  const weights = plan.steps.map(({ weight }) => weight);
  const strange = rule.steps.filter((weight) => !weights.includes(weight));
  return strange.length === 0 ? null : `steps names ${strange.join(', ')}, and the plan has only ${weights.join(', ')}`;
};

const longWarmUp: Sense = ({ rule, plan }) => {
  const applies = plan?.steps.filter(({ weight }) => rule.steps.length === 0 || rule.steps.includes(weight)) ?? [];
  const short = applies.find(({ bakeMs }) => bakeMs <= rule.warmUpMs);
  if (short === undefined || rule.warmUpMs === 0) return null;
  return `warmUp ${formatDuration(rule.warmUpMs)} leaves nothing of the bake of ${formatDuration(short.bakeMs)} at ${short.weight} %`;
};

/** By the word that the message is shown at; only where the word is written, and `warmUp` by default, too. */
const senses: Readonly<Record<Word, Sense>> = {
  advanceOn: (subject) => because('advanceOn', holdsNothingBack(subject)),
  missing: (subject) => (subject.rule.missing === 'hold' ? because('missing: hold', holdsNothingBack(subject)) : null),
  dryRun: ({ rule }) =>
    rule.dryRun && rule.alert === 'info' ? 'dryRun has no effect: alert: info moves nothing anyway' : null,
  minEvents: ({ rule }) =>
    rule.advanceOn === 'proven'
      ? 'minEvents does not decide a pass here: advanceOn: proven goes by evidence alone'
      : null,
  warmUp: longWarmUp,
  steps: strangeWeights,
  ratio: (subject) => because('ratio', comparesAtFull(subject)),
  compare: (subject) => {
    if (subject.rule.compare === 'absolute') return null;
    const why = because(`compare: ${subject.rule.compare}`, comparesAtFull(subject));
    return why !== null && subject.rule.compare === 'stable' ? `${why}; the rule is never judged` : why;
  },
};

export const wordSense = (subject: RuleSubject): readonly Finding[] =>
  (Object.keys(senses) as Word[]).flatMap((word) => {
    if (!(word in subject.words) && word !== 'warmUp') return [];
    const message = senses[word](subject);
    return message === null ? [] : [atWord(subject, [word], { level: 'warning', check: 'WordWithoutEffect', message })];
  });
