/** Who is at the other end of each connection, and whether what it says about others is believed. */
import { BlockList, isIP, type Socket } from 'node:net';
import type { Source } from './proxy-header.ts';
import type { ProxySettings } from './settings.ts';

export interface Client {
  readonly address: string;
  /** A load balancer of ours: it may say for whom it asks. */
  readonly isTrusted: boolean;
}

interface Known {
  readonly client: Client;
  /** By which it was found out whether it is trusted. */
  readonly ranges: BlockList;
}

export class Clients {
  readonly #known = new WeakMap<object, Known>();
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
    this.#keep(socket, address);
  }

  /** What goes over a connection comes from the same client. */
  alias(secure: Socket, socket: Socket): void {
    this.#keep(secure, this.of(socket).address);
  }

  /** The address stays what it is for the connection's life, trust is what the settings in force say. */
  of(socket: Pick<Socket, 'remoteAddress'>): Client {
    const known = this.#known.get(socket);
    if (known?.ranges === this.#trusted) return known.client;
    return this.#keep(socket, known?.client.address ?? plain(socket.remoteAddress));
  }

  #keep(connection: object, address: string): Client {
    const client = { address, isTrusted: isIn(this.#trusted, address) };
    this.#known.set(connection, { client, ranges: this.#trusted });
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
