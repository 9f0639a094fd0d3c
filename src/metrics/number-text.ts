/** Numbers as Prometheus writes them, strictly: what JavaScript would read kindly ("" as 0) is refused. */

const decimal = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;

const named: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  infinity: Number.POSITIVE_INFINITY,
};

/** Null: it is no number. NaN and the infinities are numbers here; whoever judges refuses them. */
export function parseNumber(text: string): number | null {
  if (decimal.test(text)) return Number(text);
  const bare = text.replace(/^[+-]/, '').toLowerCase();
  const value = Object.hasOwn(named, bare) ? named[bare] : undefined;
  if (value === undefined) return null;
  return text.startsWith('-') ? -value : value;
}
