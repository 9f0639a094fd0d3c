/** How bursty a rule's bad requests are taken to be by now, and from where that is known. */
import type { Release } from '../release/release.ts';
import type { Rule } from '../rules/rule.ts';
import { seenPhi } from '../verdict/seen-dispersion.ts';
import { type Dispersion, withDispersion } from '../verdict/settings.ts';

export interface DispersionView {
  /** Variance over mean; 1: no burstier than chance. */
  readonly phi: number;
  /** `seen`: what stable has shown in this release. */
  readonly from: Dispersion['from'] | 'seen';
}

/** Null for a rule that counts nothing bad, and for releases from before it was known for each rule. */
export const dispersionView = (release: Release, { name }: Rule): DispersionView | null => {
  const own = release.dispersion[name];
  if (own === undefined) return null;
  const { phi, from } = withDispersion(release.judge, own);
  const seen = release.evidence.rules[name]?.seen;
  const shown = from === 'assumed' && seen !== undefined ? seenPhi(seen) : null;
  return shown === null ? { phi, from } : { phi: shown, from: 'seen' };
};
