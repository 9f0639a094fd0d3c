/** `confidence` and `judge`: how sure a rollback must be, and what a shared outage means. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { assumedDispersion, type Dispersion, defaultJudgeSettings, statedDispersion } from '../verdict/settings.ts';
import type { Policy } from './policy.ts';
import { span } from './policy-fields.ts';

const form = 'write a percentage from 90% to 99.9999%, such as 99.9%';

/** 99.9% is 0.001: the chance that a healthy release is rolled back. */
const alphaOf = (text: string): number | null => {
  const percent = /^([0-9]{2}(?:\.[0-9]+)?) ?%$/.exec(text.trim())?.[1];
  const alpha = Number(((100 - Number(percent)) / 100).toPrecision(10));
  return alpha >= 0.000001 && alpha <= 0.1 ? alpha : null;
};

/** How sure: 1 - alpha, as a percentage. */
export const confidence = z
  .string({
    error: ({ input }) => (input === undefined ? undefined : `${describeFound(input)} is no confidence; ${form}`),
  })
  .transform((text, context) => {
    const alpha = alphaOf(text);
    if (alpha !== null) return { alpha };
    context.addIssue({ code: 'custom', message: `${describeFound(text)} is no confidence; ${form}`, input: text });
    return z.NEVER;
  })
  .meta({ description: 'How sure a rollback must be. Default 99.9%.', examples: ['99.9%'] });

export const judgeWords = z.strictObject({
  dispersion: z.number().min(1).max(20).optional().meta({
    description:
      'How bursty errors are, variance over mean. Default: learned from the history of the metrics; where there is none, taken as 3 until stable has shown 20 errors.',
  }),
  sharedWindow: span.optional().meta({
    description: 'An outage of both versions within this time of a raise is blamed on the raise. Default 5m.',
  }),
  onShared: z.enum(['rollback', 'hold']).optional(),
  onWorse: z.enum(['hold', 'ignore', 'rollback']).optional().meta({
    description: 'The canary is inside the threshold, and three times worse than stable. Default hold.',
  }),
});

type JudgeWords = z.output<typeof judgeWords>;

const stated = (phi: number | undefined): Dispersion => (phi === undefined ? assumedDispersion : statedDispersion(phi));

export const judgeFrom = (words: JudgeWords, sure: { readonly alpha: number } | undefined): Policy['judge'] => ({
  ...defaultJudgeSettings,
  alpha: sure?.alpha ?? defaultJudgeSettings.alpha,
  ...stated(words.dispersion),
  sharedWindowMs: words.sharedWindow ?? defaultJudgeSettings.sharedWindowMs,
  onShared: words.onShared ?? defaultJudgeSettings.onShared,
  onWorse: words.onWorse ?? defaultJudgeSettings.onWorse,
});
