/** An attested result: what CI or a person says of a revision (tests, coverage, audits); it may come before the release does. */
export interface Attestation {
  /** Of the result: `tests`, `audit`. */
  readonly name: string;
  readonly revision: string;
  readonly outcome: 'pass' | 'fail';
  /** `{ coverage: 83.1, high: 0 }` */
  readonly values: Readonly<Record<string, number>>;
  readonly who: string;
  /** As the controller knows them; null: it does not. */
  readonly caller: string | null;
  readonly reason: string;
  readonly atMs: number;
}
