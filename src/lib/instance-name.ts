/** Host and port as metrics name an instance: also the usual port, which an address need not say. */

const usualPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/** Throws on what is no URL. */
export function instanceName(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port || (usualPorts[protocol] ?? '')}`;
}
