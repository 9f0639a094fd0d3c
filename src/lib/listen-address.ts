/** Addresses to listen on, as people write them: `host:port`, an IPv6 host in brackets. */

export interface ListenAddress {
  /** Without brackets. */
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
}

const form = /^(?:\[([0-9a-fA-F:.]+)\]|([a-zA-Z0-9._-]+)):([0-9]{1,5})$/;

/** Null when the text is no address. */
export const parseListenAddress = (text: string): ListenAddress | null => {
  const [, six, other, digits] = form.exec(text) ?? [];
  const host = six ?? other;
  const port = Number(digits);
  return host === undefined || port > 65_535 ? null : { host, port };
};

export const formatListenAddress = ({ host, port }: ListenAddress): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
