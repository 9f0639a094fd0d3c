/** What the command line says to a preflight besides the policy. */
import type { ClusterOptions } from '../cluster-client.ts';

export interface PreflightWords extends ClusterOptions {
  readonly controller: string;
  readonly settings?: string;
  readonly timeout: number;
  readonly state: string;
  readonly strict?: true;
}
