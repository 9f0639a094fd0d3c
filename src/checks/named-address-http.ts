/** Resolves the names of addresses that an operator gave, and refuses what a name must not lead to: this machine, and the metadata of a cloud. */
import { lookup } from 'node:dns/promises';
import { BlockList, isIPv4 } from 'node:net';

const refused = new BlockList();
for (const [net, bits] of [
  ['0.0.0.0', 8],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  refused.addSubnet(net, bits, 'ipv4');
for (const [net, bits] of [
  ['::', 127],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  refused.addSubnet(net, bits, 'ipv6');
// Metadata services that are not link-local: Alibaba's, Azure's, and that of AWS by IPv6.
refused.addAddress('100.100.100.200', 'ipv4');
refused.addAddress('168.63.129.16', 'ipv4');
refused.addAddress('fd00:ec2::254', 'ipv6');

/** An address written in IPv6's own form of IPv4 is judged as the latter. */
export const isRefused = (address: string): boolean => refused.check(address, isIPv4(address) ? 'ipv4' : 'ipv6');

interface Found {
  readonly address: string;
  readonly family: 4 | 6;
}

/** What a connection asks for each time, so that the address that was looked at is the one that is connected to. Rejects with a sentence. */
export async function lookupNamed(name: string): Promise<[Found[]]> {
  const found = await lookup(name, { all: true });
  const bad = found.find(({ address }) => isRefused(address));
  // Who writes localhost means this machine.
  if (bad !== undefined && name !== 'localhost')
    throw new Error(
      `${name} resolves to ${bad.address}, which no hook may reach: look at its DNS entry, or write an address into the operator's settings`,
    );
  return [found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }))];
}
