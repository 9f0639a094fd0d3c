/** What a ReleasePolicy tells of itself in a cluster: whether it is understood, served and judged, and what stands in the way. */
import { dated, type Told } from './dated.ts';
import type { Condition } from './release-object-schema.ts';

/** What is wrong, for a machine (CamelCase) and for people. */
export interface Complaint {
  readonly reason: string;
  readonly message: string;
}

export interface PolicyHealth {
  /** Of the spec that this was found out about. */
  readonly generation: number;
  /** Mistakes in the spec, or in what it names: nothing can be done until somebody puts them right. */
  readonly stalled: Complaint | null;
  /** Of the rules; null: none. */
  readonly rules: Complaint | null;
  /** What is still missing until stable serves all users; null: nothing. */
  readonly missing: Complaint | null;
  /** What is asked for and not begun yet, because it may change again; null: nothing. */
  readonly pending: Complaint | null;
  /** The release that is under way; null: none. */
  readonly releasing: string | null;
}

interface PolicyConditions {
  readonly conditions: readonly Condition[];
  readonly message: string;
}

/** `before`: as they were told last. */
export function policyConditions(health: PolicyHealth, before: readonly Condition[], atMs: number): PolicyConditions {
  const { generation, missing, releasing, rules, pending, stalled } = health;
  const worst = stalled ?? rules ?? missing ?? pending;
  const serving: Complaint =
    releasing === null
      ? { reason: 'Serving', message: 'stable serves all users' }
      : { reason: 'Releasing', message: `release ${releasing} is under way` };
  const told = [
    condition('Ready', stalled ?? missing, serving),
    condition('RulesValid', stalled ?? rules, { reason: 'Valid', message: 'the rules can be judged by' }),
    inverse('Stalled', stalled ?? rules, serving),
    inverse('Reconciling', stalled === null ? (missing ?? pending) : null, serving),
  ];
  return {
    conditions: told.map((each) => ({ ...dated(each, before, atMs), observedGeneration: generation })),
    message: worst?.message ?? serving.message,
  };
}

/** True while nothing is wrong. */
const condition = (type: string, wrong: Complaint | null, fine: Complaint): Told =>
  wrong === null ? { type, status: 'True', ...fine } : { type, status: 'False', ...wrong };

/** True while something is. */
const inverse = (type: string, wrong: Complaint | null, fine: Complaint): Told =>
  wrong === null ? { type, status: 'False', ...fine } : { type, status: 'True', ...wrong };
