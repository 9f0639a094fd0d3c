/** Load and faults go to this machine only: a URL is checked before anything is sent. */
import { isLoopback } from '../../lib/loopback.ts';
import { failed, ok, type Result } from '../../lib/result.ts';

/** Takes http URLs of 127.0.0.0/8, [::1] or localhost (made 127.0.0.1, whatever the hosts file says); refuses every other. */
export function loopbackUrl(text: string): Result<URL> {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'http:') return refused(`"${text}" is not an http:// URL`);
  if (url.hostname === 'localhost') url.hostname = '127.0.0.1';
  if (isLoopback(url.hostname)) return ok(url);
  return refused(`${url.hostname} is not this machine: the load generator sends to 127.0.0.1, [::1] or localhost only`);
}

function refused(message: string): Result<never> {
  return failed({ reason: 'NotLoopback', message, retryable: false });
}
