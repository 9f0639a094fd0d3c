/** A zod refinement: of several words, one must stand there, and only one. */
import type { z } from 'zod';

type Refinement = (value: Readonly<Record<string, unknown>>, context: z.core.$RefinementCtx) => void;

/** The message follows the word that the map belongs to: `traffic needs exactly one of proxy, istio`. */
export const exactlyOne =
  (words: readonly string[]): Refinement =>
  (value, context) => {
    const found = words.filter((word) => value[word] !== undefined);
    if (found.length === 1) return;
    const list = words.length === 1 ? words.join() : `exactly one of ${words.join(', ')}`;
    const message = found.length === 0 ? `needs ${list}` : `has ${found.join(' and ')}; it needs ${list}`;
    context.addIssue({ code: 'custom', message, input: value });
  };
