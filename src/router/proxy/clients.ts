/** Who is at the other end of each connection, and whether what it says about others is believed. */
import { BlockList, isIP, type Socket } from 'node:net';
import type { Source } from './proxy-header.ts';
import type { ProxySettings } from './settings.ts';

export interface Client {
  readonly address: string;
  /** A load balancer of ours: it may say for whom it asks. */
  readonly isTrusted: boolean;
}

export class Clients {
  readonly #known = new WeakMap<object, Client>();
  #trusted = new BlockList();
  #introducers = new BlockList();

  configure({ forwarded, proxyProtocol }: Pick<ProxySettings, 'forwarded' | 'proxyProtocol'>): void {
    this.#trusted = rangesOf(forwarded.from);
    this.#introducers = rangesOf(proxyProtocol.from);
  }

  /** A connection from here begins with a PROXY header. */
  mustIntroduce({ remoteAddress }: Socket): boolean {
    return this.#introducers.rules.length > 0 && isIn(this.#introducers, plain(remoteAddress));
  }

  /** As a load balancer has said. */
  introduce(socket: Socket, { address }: Source): void {
    this.#known.set(socket, { address, isTrusted: isIn(this.#trusted, address) });
  }

  /** What goes over a connection comes from the same client. */
  alias(secure: Socket, socket: Socket): void {
    this.#known.set(secure, this.of(socket));
  }

  of(socket: Pick<Socket, 'remoteAddress'>): Client {
    const known = this.#known.get(socket);
    if (known !== undefined) return known;
    const address = plain(socket.remoteAddress);
    const client = { address, isTrusted: isIn(this.#trusted, address) };
    this.#known.set(socket, client);
    return client;
  }
}

/** An IPv4 address as itself where the socket takes both kinds. */
const plain = (address = 'unknown'): string => (address.startsWith('::ffff:') ? address.slice(7) : address);

const isIn = (ranges: BlockList, address: string): boolean => {
  const kind = isIP(address);
  return kind !== 0 && ranges.check(address, kind === 4 ? 'ipv4' : 'ipv6');
};

function rangesOf(texts: readonly string[]): BlockList {
  const ranges = new BlockList();
  for (const text of texts) {
    const [address = '', bits] = text.split('/');
    const kind = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    ranges.addSubnet(address, Number(bits ?? (kind === 'ipv4' ? 32 : 128)), kind);
  }
  return ranges;
}
