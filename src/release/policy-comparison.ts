/** A limit as a policy writes it: `>= 80 %`, `= 0`. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import type { Comparison, Limit } from './comparison.ts';

const comparison = /^(>=|<=|>|<|=) ?(-?[0-9]+(?:\.[0-9]+)?) ?%?$/;

export const comparisonWords = z
  .string()
  .refine((text) => comparison.test(text), {
    error: ({ input }) => `${describeFound(input)} is no comparison; write >= 80, <= 0.5 or = 0`,
  })
  .meta({ pattern: comparison.source, examples: ['>= 80', '= 0'] });

export const limitFrom = (text: string): Limit => {
  const [, sign = '=', limit = '0'] = comparison.exec(text) ?? [];
  return { comparison: sign as Comparison, limit: Number(limit) };
};
