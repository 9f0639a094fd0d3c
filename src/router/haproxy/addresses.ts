/** Addresses that HAProxy takes for endpoints: it resolves no names here. */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { messageOf } from '../../lib/message-of.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { WriteProblem } from '../router.ts';

/** `ip:port` of each origin, in their order. */
export async function addressesOf(origins: readonly string[]): Promise<Result<readonly string[], WriteProblem>> {
  const addresses: string[] = [];
  for (const origin of origins) {
    const url = new URL(origin);
    if (url.protocol !== 'http:')
      return failed({ reason: 'Refused', message: `endpoint ${origin}: haproxy is sent to http:// endpoints only` });
    try {
      const host = url.hostname.replace(/^\[|\]$/g, '');
      const ip = isIP(host) === 0 ? (await lookup(host, { family: 4 }).catch(() => lookup(host))).address : host;
      addresses.push(`${ip.includes(':') ? `[${ip}]` : ip}:${url.port === '' ? 80 : url.port}`);
    } catch (error) {
      return failed({ reason: 'Unreachable', message: `endpoint ${origin} has no address: ${messageOf(error)}` });
    }
  }
  return ok(addresses);
}
