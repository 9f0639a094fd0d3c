/** An attested result: what CI or a person says of a revision (tests, coverage, audits); it may come before the release does. */
import type { Known } from './who-may.ts';

export interface Attestation extends Known {
  /** Of the result: `tests`, `audit`. */
  readonly name: string;
  readonly revision: string;
  readonly outcome: 'pass' | 'fail';
  /** `{ coverage: 83.1, high: 0 }` */
  readonly values: Readonly<Record<string, number>>;
  /** Of the images that it is about: `sha256:...`; left out: none. */
  readonly digests?: readonly string[];
  readonly who: string;
  readonly reason: string;
  readonly atMs: number;
  /** When an order in a cluster was given, by the API server's clock, epoch ms; left out: it came over HTTP. */
  readonly orderedAtMs?: number;
}
