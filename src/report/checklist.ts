/** What must be there before a release's first traffic and on its way, as a checklist: state, evidence, who and when. */
import { counts } from '../release/approval.ts';
import type { Approval } from '../release/approval-demand.ts';
import type { Gate } from '../release/gate-demand.ts';
import type { Release } from '../release/release.ts';
import { moment } from '../verdict/words.ts';
import { checkItem, isShown } from './checklist-check.ts';
import type { ChecklistItem } from './checklist-item.ts';
import { approvalOffers, gateOffers } from './checklist-offers.ts';

export const checklistOf = (release: Release, nowMs: number): readonly ChecklistItem[] => [
  ...release.gates.map((gate) => gateItem(release, gate)),
  ...release.checks.filter(({ demand }) => demand.isGate).map((check) => checkItem(release, check)),
  ...release.approvals.map((approval) => approvalItem(release, approval, nowMs)),
  ...release.checks.filter((check) => !check.demand.isGate && isShown(check)).map((check) => checkItem(release, check)),
];

function gateItem(release: Release, gate: Gate): ChecklistItem {
  const { demand, override, seen, sinceMs } = gate;
  const { evidence, state, todo, who } = seen;
  const base = { kind: 'gate', name: demand.name, tookMs: null, offers: gateOffers(release, gate) } as const;
  if (override !== null && state !== 'passed') {
    const said = `overridden by ${override.who}: ${override.reason} (${evidence})`;
    return { ...base, state: 'overridden', evidence: said, who: override.who, atMs: override.atMs, todo: null };
  }
  const isAsked = state !== 'passed' && release.phase.phase === 'preparing';
  return { ...base, state, evidence, who, atMs: sinceMs, todo: isAsked ? todo : null };
}

function approvalItem(release: Release, approval: Approval, nowMs: number): ChecklistItem {
  const { by, expiresMs, given, name } = approval;
  const { phase } = release;
  // What the first traffic has used does not expire any more.
  const passed = counts(approval, nowMs) || (given !== null && phase.phase !== 'preparing');
  const until = given === null || expiresMs === null ? null : moment(given.atMs + expiresMs);
  const why = given === null || given.reason === '' ? '' : `: ${given.reason}`;
  const wanted = by.length === 0 ? 'anybody with the right to act' : by.join(' or ');
  const isAsked = !passed && phase.phase === 'preparing';
  return {
    kind: 'approval',
    name,
    tookMs: null,
    state: passed ? 'passed' : 'waiting',
    evidence:
      given === null
        ? `not given; ${wanted} may`
        : `given by ${given.who}${why}${passed || until === null ? '' : `, expired at ${until}`}`,
    who: given?.who ?? null,
    atMs: given?.atMs ?? null,
    todo: isAsked ? `\`sluice approve ${release.id} --as ${name}\`` : null,
    offers: approvalOffers(release, approval, nowMs),
  };
}
