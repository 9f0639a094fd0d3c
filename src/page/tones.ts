/** How good or bad a phase or a verdict looks. */
import type { ReleaseView } from '../report/release-view.ts';
import type { RuleView } from '../report/rule-view.ts';
import type { Tone } from './badge.tsx';

export const phaseTones: Readonly<Record<ReleaseView['phase'], Tone>> = {
  preparing: 'busy',
  shifting: 'busy',
  baking: 'busy',
  promoting: 'busy',
  watching: 'good',
  rollingBack: 'bad',
  succeeded: 'good',
  rolledBack: 'bad',
  failed: 'warn',
};

const verdictTones: Readonly<Record<NonNullable<RuleView['verdict']>, Tone>> = {
  pass: 'good',
  suspect: 'warn',
  breach: 'bad',
  inconclusive: 'plain',
};

export const verdictTone = ({ verdict }: Pick<RuleView, 'verdict'>): Tone =>
  verdict === null ? 'plain' : verdictTones[verdict];
