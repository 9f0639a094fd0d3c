/** Where a runtime API listens: a UNIX socket, or a TCP port. */
import { formatListenAddress, type ListenAddress, parseListenAddress } from '../../lib/listen-address.ts';

export type RuntimeEndpoint =
  | { readonly kind: 'unix'; readonly path: string }
  | ({ readonly kind: 'tcp' } & ListenAddress);

/** For people, and to tell endpoints apart. */
export const endpointName = (endpoint: RuntimeEndpoint): string =>
  endpoint.kind === 'unix' ? endpoint.path : formatListenAddress(endpoint);

/** As a policy writes it. */
export function parseRuntimeEndpoint(text: string): RuntimeEndpoint {
  const address = text.startsWith('/') ? null : parseListenAddress(text);
  return address === null ? { kind: 'unix', path: text } : { kind: 'tcp', ...address };
}
