/** The words of a map that are right by themselves: a mistake in one must not hide what is wrong with the others. */
import type { z } from 'zod';

export const isMap = (data: unknown): data is Readonly<Record<string, unknown>> =>
  typeof data === 'object' && data !== null && !Array.isArray(data);

export const soundParts = <S extends z.ZodObject>(schema: S, data: unknown): Partial<z.output<S>> => {
  if (!isMap(data)) return {};
  const parts = Object.entries(schema.shape).flatMap(([word, part]) => {
    const parsed = (part as z.ZodType).safeParse(data[word]);
    return parsed.success && (word in data || parsed.data !== undefined) ? [[word, parsed.data] as const] : [];
  });
  return Object.fromEntries(parts) as Partial<z.output<S>>;
};
