/** The words of how the requests of one version fare, and of what is measured of its instances. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { parseDuration } from '../lib/duration.ts';

/** A word that is text or a number, as `parse` understands it. */
export const read = <T>(parse: (text: string) => T | null, form: string) =>
  z
    .union([z.string(), z.number()], {
      error: ({ input }) => (input === undefined ? undefined : `${describeFound(input)} is not ${form}`),
    })
    .transform((given, context): T => {
      const parsed = parse(String(given).trim());
      if (parsed !== null) return parsed;
      context.addIssue({ code: 'custom', message: `${describeFound(given)} is not ${form}`, input: given });
      return z.NEVER;
    });

const ratioOf = (text: string): number | null => {
  const percent = /^([0-9]+(?:\.[0-9]+)?) ?%$/.exec(text)?.[1];
  const ratio = Number(percent) / 100;
  return percent === undefined || ratio > 1 ? null : ratio;
};

const levelOf = (text: string): number | null => {
  const ms = parseDuration(text);
  if (ms !== null) return ms / 1_000;
  const percent = /^([0-9]+(?:\.[0-9]+)?) ?%$/.exec(text)?.[1];
  if (percent !== undefined) return Number(percent) / 100;
  return /^[0-9]+(?:\.[0-9]+)?$/.test(text) ? Number(text) : null;
};

export const shareWord = read(ratioOf, 'a share; write 0.5%');

export const firingWord = z.array(z.string().min(1).max(200)).max(50);

const fare = {
  errors: shareWord.optional().meta({ description: 'Share of requests that fail. Default 0%.' }),
  slow: shareWord
    .optional()
    .meta({ description: 'Share of requests slower than the limit of a rule of response times. Default 0%.' }),
  lost: shareWord.optional().meta({ description: 'Share of requests sent to it that it never counts. Default 0%.' }),
};

export const fareWords = z.strictObject(fare);

export const armWords = z.strictObject({
  ...fare,
  levels: z
    .record(z.string(), read(levelOf, 'a level; write 80%, 5s or a number'))
    .optional()
    .meta({ description: 'By the name of a rule that looks at a level: cpu_usage: 40%.' }),
  firing: firingWord
    .optional()
    .meta({ description: 'Alerts that fire with its labels, by the names of their rules. Default none.' }),
});
