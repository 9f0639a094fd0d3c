/** Values of options that several commands have. */
import { InvalidArgumentError } from 'commander';
import { type ListenAddress, parseListenAddress } from '../lib/listen-address.ts';

export function address(text: string): ListenAddress {
  const found = parseListenAddress(text);
  if (found === null) throw new InvalidArgumentError('write it as host:port, for example 127.0.0.1:7581.');
  return found;
}

export function factor(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value < 1) throw new InvalidArgumentError('a number of 1 or more.');
  return value;
}

export function namespaceName(text: string): string {
  if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) return text;
  throw new InvalidArgumentError('name one namespace; give the option again for another.');
}

/** Reads a count from 1 to `most`. */
export const limitWords =
  (most: number) =>
  (text: string): number => {
    const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
    if (value >= 1 && value <= most) return value;
    throw new InvalidArgumentError(`Write a whole number from 1 to ${most}.`);
  };
