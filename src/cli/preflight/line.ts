/** One line of a preflight: what was looked at, how it stands, and what to do about it. */
export interface PreflightLine {
  /** `warn`: a release may start, though probably not as it was meant. `fail`: none may, or it could not be told. `skip`: there is nothing to look at yet. */
  readonly grade: 'ok' | 'skip' | 'warn' | 'fail';
  /** `haproxy /run/haproxy/sluice.sock`, `rule error_rate`. */
  readonly subject: string;
  readonly says: string;
  /** null: nothing is to be done. */
  readonly fix: string | null;
}

export const fine = (subject: string, says: string): PreflightLine => ({ grade: 'ok', subject, says, fix: null });

/** Of what exists only once a release runs. */
export const skipped = (subject: string, says: string): PreflightLine => ({ grade: 'skip', subject, says, fix: null });
