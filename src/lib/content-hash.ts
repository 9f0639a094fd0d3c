/** A short name for a piece of plain data: equal data, equal name, whatever the order of its keys. */
import { createHash } from 'node:crypto';

const sorted = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
};

export const canonicalJson = (data: unknown): string => JSON.stringify(sorted(data));

/** 12 hexadecimal digits of SHA-256 over the data as canonical JSON. */
export const contentHash = (data: unknown): string =>
  createHash('sha256').update(canonicalJson(data)).digest('hex').slice(0, 12);
