/** One YAML scalar as plain data: finite numbers that read the same to everybody, text, true, false, or nothing. */
import type { Scalar } from 'yaml';

export type ScalarValue = string | number | boolean | null;

/** Either the value, or why it is refused. */
export type ScalarAnswer = { readonly value: ScalarValue } | { readonly refused: string };

const quoted = (source: string): string => JSON.stringify(source.slice(0, 40));

const numberAnswer = (value: number, source: string): ScalarAnswer => {
  if (!Number.isFinite(value)) return { refused: `${source.slice(0, 40)} is not a finite number` };
  if (/^[-+]?0[0-9]/.test(source)) {
    return { refused: `${source} reads as octal to some and as decimal to others; write it without the leading zero` };
  }
  if (/^[-+]?0[xo]/.test(source)) return { refused: `${source} is not decimal; write the number in decimal` };
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    return { refused: `${source.slice(0, 40)} is too large to be exact` };
  }
  return { value };
};

export const scalarAnswer = (scalar: Scalar): ScalarAnswer => {
  const { value } = scalar;
  const source = scalar.source ?? '';
  if (typeof value === 'number') return numberAnswer(value, source);
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return { value };
  return { refused: `${quoted(source)} is neither text, number, true nor false` };
};
