/** One line of the checklist: a gate, an approval or a check, with what was seen of it. */
import type { ChecklistOffer } from './checklist-offers.ts';

export interface ChecklistItem {
  readonly kind: 'approval' | 'check' | 'gate';
  readonly name: string;
  /** `waiting`: for somebody, or something, to say more; `overridden`: a person went without it. */
  readonly state: 'passed' | 'waiting' | 'failed' | 'overridden';
  /** What was seen, in a sentence. */
  readonly evidence: string;
  /** How long the answer took, ms; null: nobody was asked. */
  readonly tookMs: number | null;
  readonly who: string | null;
  readonly atMs: number | null;
  /** What to do next, commands in backticks; null: nothing. */
  readonly todo: string | null;
  /** What a person may order about it now. */
  readonly offers: readonly ChecklistOffer[];
}
