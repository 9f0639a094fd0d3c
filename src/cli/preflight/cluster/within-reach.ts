/** Whether this machine can ask a source that is named for the controller: it may know the name, the way and the token, where a person's machine does not. */
import { access } from 'node:fs/promises';
import { connect } from 'node:net';
import type { SourceSpec } from '../../../release/policy.ts';

/** Why not; null: it can, or nothing is to be reached. */
export async function outOfReach(spec: SourceSpec, timeoutMs: number): Promise<string | null> {
  if (spec.kind === 'scrape') return null;
  const files = [spec.tokenFile, spec.caFile].filter((file) => file !== null);
  for (const file of files) {
    const isThere = await access(file).then(
      () => true,
      () => false,
    );
    if (!isThere) return `${file} is not here`;
  }
  return unconnected(new URL(spec.url), timeoutMs);
}

const unconnected = ({ hostname, port, protocol }: URL, timeoutMs: number): Promise<string | null> =>
  new Promise((resolve) => {
    const usual = protocol === 'https:' ? 443 : 80;
    const host = hostname.replace(/^\[|\]$/g, '');
    const socket = connect({ host, port: port === '' ? usual : Number(port), timeout: timeoutMs });
    const end = (why: string | null): void => {
      socket.destroy();
      resolve(why);
    };
    socket.once('connect', () => end(null));
    socket.once('timeout', () => end(`no connection to ${host} within ${timeoutMs} ms`));
    // Where several addresses were tried in vain there is only a code.
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.message || (error.code ?? 'no connection')));
  });
