/** What a person says about the rollback of one release, other than its plan: a migration that can't be undone, a change that may not linger. */
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import type { Plan } from './plan.ts';
import type { StartNote } from './start-note.ts';
import { type Known, notAllowed } from './who-may.ts';

export interface OwnRollback extends Known {
  readonly rollback: Plan['rollback'];
  readonly who: string;
  readonly reason: string;
}

/** What an annotation says, by whoever may write there. Fails with `RollbackUnknown`. */
export function annotatedRollback(
  noted: { readonly rule: string; readonly reason: string } | null,
  who: string,
): Result<OwnRollback | null> {
  if (noted === null) return ok(null);
  const { reason, rule } = noted;
  if (rule === 'auto' || rule === 'ask' || rule === 'forbidden')
    return ok({ rollback: rule, who, caller: null, reason });
  const message = `annotation sluice.dev/rollback of ${who} is ${JSON.stringify(rule)}, and not one of auto, ask, forbidden`;
  return failed({ reason: 'RollbackUnknown', message, retryable: false });
}

/** Null, or `ReasonMissing`, `NotIdentified` or `NotAllowed`. What the plan says anyway needs nobody's leave. */
export function ownRollbackProblem(plan: Plan, own: OwnRollback | null): Problem | null {
  if (own === null || own.rollback === plan.rollback) return null;
  if (own.reason.trim() === '') {
    const message = `rollback: ${own.rollback} for one release needs a reason: it is recorded, and shown with every breach`;
    return { reason: 'ReasonMissing', message, retryable: false };
  }
  return notAllowed(plan.rollbackBy ?? [], { ...own, what: 'rollback may be set for one release' });
}

export const withOwnRollback = (plan: Plan, own: OwnRollback | null): Plan =>
  own === null ? plan : { ...plan, rollback: own.rollback };

const meaning: Readonly<Record<Plan['rollback'], string>> = {
  auto: 'a breach takes it back by itself',
  ask: 'a breach holds, pages, and waits for the word of a person',
  forbidden: 'a breach holds, pages, and is never taken back by itself',
};

/** None where the release goes by its plan. */
export const ownRollbackNotes = (plan: Plan, own: OwnRollback | null): readonly StartNote[] =>
  own === null || own.rollback === plan.rollback
    ? []
    : [
        {
          reason: 'OwnRollback',
          rule: null,
          message: `rollback: ${own.rollback} for this release (the plan says ${plan.rollback}): ${meaning[own.rollback]}; said by ${own.who}: "${own.reason}"`,
        },
      ];
