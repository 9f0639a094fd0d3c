/** An address that the operator's settings name for hooks of policies: where it is, and what is said to it each time. */

export interface HookServer {
  /** Without the slash at its end. */
  readonly url: string;
  /** Sent with every request, over those of the policy. */
  readonly headers: Readonly<Record<string, string>>;
  /** File with a bearer token, read anew each time; null: none. Absolute. */
  readonly tokenFile: string | null;
  /** File with the certificate authority to trust; null: the system's. Absolute. */
  readonly caFile: string | null;
}
