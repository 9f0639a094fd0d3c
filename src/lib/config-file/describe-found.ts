/** What stands in a file, said in a few words. */

const maxQuoted = 60;

export const describeFound = (value: unknown): string => {
  if (value === undefined) return 'missing';
  if (value === null) return '(empty)';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'string') return typeof value;
  return JSON.stringify(value.length > maxQuoted ? `${value.slice(0, maxQuoted)}...` : value);
};
