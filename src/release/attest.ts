/** Attested results are kept beside their policy, in bounded room: the newest of a name and revision counts. */
import type { Attestation } from './attestation.ts';
import type { GateDemand } from './gate-demand.ts';
import type { PolicyState } from './store.ts';

/** Newest of a policy that are kept: more than any ten revisions have. */
const mostAttestations = 200;

/** The newest result of a name and revision counts. The same object when the same had been said before. */
export function attested(state: PolicyState, given: Attestation): PolicyState {
  const isSame = ({ name, revision }: Attestation): boolean => name === given.name && revision === given.revision;
  const before = state.attested.find(isSame);
  if (before !== undefined && contentOf(before) === contentOf(given)) return state;
  const others = state.attested.filter((each) => !isSame(each));
  return { ...state, attested: [...others, given].slice(-mostAttestations) };
}

/** Of somebody's many groups only those that a gate names are kept. */
export function withGroupsThatCount({ groups = [], ...said }: Attestation, gates: readonly GateDemand[]): Attestation {
  const named = gates.flatMap((gate) => (gate.kind === 'attested' || gate.kind === 'image' ? gate.by : []));
  const kept = groups.filter((group) => named.includes(`group:${group}`));
  return kept.length === 0 ? said : { ...said, groups: kept };
}

const contentOf = ({ atMs: _atMs, orderedAtMs: _orderedAtMs, values, ...said }: Attestation): string =>
  JSON.stringify([
    said.outcome,
    said.who,
    said.caller,
    said.groups ?? [],
    said.reason,
    Object.entries(values).toSorted(),
    said.digests?.toSorted() ?? [],
  ]);

export const resultOf = (known: readonly Attestation[], name: string, revision: string): Attestation | null =>
  known.find((each) => each.name === name && each.revision === revision) ?? null;

/** `coverage 83.1, high 0`; empty: no numbers. */
export const valuesText = ({ values }: Attestation): string =>
  Object.entries(values)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ');
