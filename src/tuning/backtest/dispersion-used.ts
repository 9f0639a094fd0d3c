/** What the rules were judged by: how bursty each one's bad events are, from where that is known, and what it costs. */

import { isSpread } from '../../gate/known.ts';
import type { Dispersion } from '../../verdict/settings.ts';
import { type DailyDispersion, dispersionAt, whyNotLearned } from './daily-dispersion.ts';
import type { Seat } from './docket.ts';
import type { TrialOutcome } from './trial.ts';

export interface DispersionUsed {
  readonly rule: string;
  /** Over the releases that were judged: how many of them by what was learned, stated, or assumed. */
  readonly releases: Readonly<Record<Dispersion['from'], number>>;
  readonly least: number;
  readonly most: number;
  /** Why nothing was learned; null: it was, or the policy states it. */
  readonly why: string | null;
}

export function dispersionsUsed(
  { rules, settings }: Seat,
  trials: readonly Pick<TrialOutcome, 'segment' | 'ticks'>[],
  learned: DailyDispersion,
): readonly DispersionUsed[] {
  const judged = trials.filter(({ ticks }) => ticks > 0);
  if (judged.length === 0) return [];
  return rules
    .filter(({ rule }) => isSpread(rule))
    .map(({ rule }) => {
      const used = judged.map(({ segment }) =>
        settings.from === 'stated' ? settings : dispersionAt(learned, rule, segment.startMs),
      );
      const count = (from: Dispersion['from']): number => used.filter((each) => each.from === from).length;
      const phis = used.map(({ phi }) => phi);
      return {
        rule: rule.name,
        releases: { stated: count('stated'), history: count('history'), assumed: count('assumed') },
        least: Math.min(...phis),
        most: Math.max(...phis),
        why:
          count('assumed') === 0
            ? null
            : (whyNotLearned(learned, rule) ?? 'too little history, or too few errors in it'),
      };
    });
}
