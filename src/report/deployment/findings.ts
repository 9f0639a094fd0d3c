/** What was posted about the revision by other systems: tests, coverage, security. */
import type { Attestation } from '../../release/attestation.ts';

export interface Findings {
  readonly results: readonly Omit<Attestation, 'caller' | 'orderedAtMs' | 'revision'>[];
  /** Percent; null: nobody posted it. */
  readonly coverage: number | null;
  /** By severity as posted (`critical`, `high`, ...); null: nobody posted any. */
  readonly security: Readonly<Record<string, number>> | null;
}

const severities: ReadonlySet<string> = new Set(['critical', 'high', 'medium', 'low', 'vulnerabilities']);

export const findingsOf = (attested: readonly Attestation[]): Findings => {
  const values = attested.flatMap((each) => Object.entries(each.values));
  const security = values.filter(([name]) => severities.has(name));
  return {
    results: attested.map(({ caller: _caller, orderedAtMs: _orderedAtMs, revision: _revision, ...result }) => result),
    coverage: values.findLast(([name]) => name === 'coverage')?.[1] ?? null,
    security: security.length === 0 ? null : Object.fromEntries(security),
  };
};
