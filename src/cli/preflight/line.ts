/** One line of a preflight: what was looked at, how it stands, and what to do about it. */
export interface PreflightLine {
  /** `warn`: a release may start, though probably not as it was meant. `fail`: none may, or it could not be told. */
  readonly grade: 'ok' | 'warn' | 'fail';
  /** `haproxy /run/haproxy/sluice.sock`, `rule error_rate`. */
  readonly subject: string;
  readonly says: string;
  /** null: nothing is to be done. */
  readonly fix: string | null;
}

export const fine = (subject: string, says: string): PreflightLine => ({ grade: 'ok', subject, says, fix: null });
