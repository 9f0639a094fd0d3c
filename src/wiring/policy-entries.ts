/** What a policy's own record holds of what people said, as entries of the trail: no release's log has it. */
import type { Adoption } from '../release/adoption.ts';
import type { Attestation } from '../release/attestation.ts';
import type { PolicyState } from '../release/store.ts';
import type { Recorded } from '../release/trail.ts';

export const attestationEntry = (
  policy: string,
  { atMs, digests = [], name, outcome, reason, revision, who, values }: Attestation,
): Recorded => ({
  ...{ policy, atMs, who, revision, why: reason, what: 'Attested' },
  message: `${who}: ${name} of ${revision}: ${outcome}`,
  data: { ...values, name, outcome, digests: digests.join(' ') },
});

export const adoptionEntry = (policy: string, { atMs, formers, reason, revision, who }: Adoption): Recorded => ({
  ...{ policy, atMs, who, revision, why: reason, what: 'StableSet' },
  message: `${who} made ${revision} stable instead of ${formers[0] ?? 'nothing'}`,
  data: { former: formers[0] ?? null },
});

/** All that it holds: whoever saved it may have ended before the trail was told. */
export const entriesOfPolicy = ({ adopted, attested, policy }: PolicyState): readonly Recorded[] => [
  ...attested.map((given) => attestationEntry(policy, given)),
  ...(adopted === undefined ? [] : [adoptionEntry(policy, adopted)]),
];
