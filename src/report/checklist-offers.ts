/** What a person may order about one item of the checklist before the first traffic, and exactly what each order will do. */
import { counts } from '../release/approval.ts';
import type { Approval } from '../release/approval-demand.ts';
import type { Gate } from '../release/gate-demand.ts';
import type { Release } from '../release/release.ts';

export interface ChecklistOffer {
  readonly name: 'approve' | 'revoke' | 'override' | 'pass' | 'fail';
  /** What happens then, one sentence. */
  readonly does: string;
  /** An order without a reason is refused. */
  readonly reasonNeeded: boolean;
  /** Last part of the address to post to. */
  readonly action: 'approve' | 'override' | 'attest';
  /** What the body holds beside revision, reason, values and who. */
  readonly body: Readonly<Record<string, string | number | boolean>>;
  /** Names of the numbers that a result is asked for. */
  readonly values: readonly string[];
  /** Whose order counts, as the controller knows them; none: whoever may give orders. */
  readonly by: readonly string[];
}

/** Empty once traffic has come: what it rests on is used. */
export function approvalOffers({ phase, revision }: Release, approval: Approval, nowMs: number): ChecklistOffer[] {
  if (phase.phase !== 'preparing') return [];
  const { by, name } = approval;
  const base = { reasonNeeded: false, action: 'approve', values: [], by } as const;
  return counts(approval, nowMs)
    ? [
        {
          ...base,
          name: 'revoke',
          does: `Takes the approval "${name}" back: ${revision} gets no traffic until it is given again.`,
          body: { approval: name, revoke: true },
        },
      ]
    : [
        {
          ...base,
          name: 'approve',
          does: `Gives the approval "${name}" in your name: the release goes on as soon as nothing else is missing.`,
          body: { approval: name },
        },
      ];
}

/** A gate that has passed, or that somebody went without, needs nobody; a result that passed can still be followed by one that fails. */
export function gateOffers({ phase, revision }: Release, { demand, override, seen }: Gate): ChecklistOffer[] {
  if (phase.phase !== 'preparing' || override !== null) return [];
  const { name } = demand;
  const results = demand.kind === 'attested' ? resultOffers(demand, revision) : [];
  if (seen.state === 'passed') return results.filter((each) => each.name === 'fail');
  return [
    ...results,
    {
      name: 'override',
      does: `Lets ${revision} go on without the gate "${name}", in your name: your reason stands in the log and the report.`,
      reasonNeeded: true,
      action: 'override',
      body: { gate: name },
      values: [],
      by: demand.overrideBy,
    },
  ];
}

type Attested = Extract<Gate['demand'], { readonly kind: 'attested' }>;

const resultOffers = ({ by, name, require }: Attested, revision: string): readonly ChecklistOffer[] => {
  const values = [...new Set(require.map(({ value }) => value))];
  const base = { reasonNeeded: false, action: 'attest', by } as const;
  return [
    {
      ...base,
      name: 'pass',
      does: `Posts in your name that "${name}" of ${revision} passed: the gate opens with the next look at it, if the numbers suffice.`,
      body: { name, outcome: 'pass' },
      values,
    },
    {
      ...base,
      name: 'fail',
      does: `Posts in your name that "${name}" of ${revision} failed: the gate stays closed until a better result comes.`,
      body: { name, outcome: 'fail' },
      values: [],
    },
  ];
};
