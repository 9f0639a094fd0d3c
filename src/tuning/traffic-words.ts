/** The words of made-up traffic: `rate: 100/s`, and how each version fares. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { parseDuration } from '../lib/duration.ts';
import type { ArmTraffic, Traffic, TrafficChange } from './scenario.ts';

const read = <T>(parse: (text: string) => T | null, form: string) =>
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

const secondsPer: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3_600 };

const rateOf = (text: string): number | null => {
  const [, amount, unit] = /^([0-9]+(?:\.[0-9]+)?) ?\/ ?(s|m|min|h)$/.exec(text) ?? [];
  return amount === undefined || unit === undefined ? null : Number(amount) / (secondsPer[unit] ?? 1);
};

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

const ratio = read(ratioOf, 'a share; write 0.5%');

const arm = z.strictObject({
  errors: ratio.optional().meta({ description: 'Share of requests that fail. Default 0%.' }),
  slow: ratio
    .optional()
    .meta({ description: 'Share of requests slower than the limit of a rule of response times. Default 0%.' }),
  lost: ratio.optional().meta({ description: 'Share of requests sent to it that it never counts. Default 0%.' }),
  levels: z
    .record(z.string(), read(levelOf, 'a level; write 80%, 5s or a number'))
    .optional()
    .meta({ description: 'By the name of a rule that looks at a level: cpu_usage: 40%.' }),
});

const words = {
  rate: read(rateOf, 'a rate; write 100/s or 50/min').meta({ description: 'Requests of all users: 100/s.' }),
  both: arm.optional().meta({ description: 'How both versions fare.' }),
  canary: arm.optional(),
  stable: arm.optional(),
};

export const trafficWords = z.strictObject({
  ...words,
  seed: z.int().min(0).max(2_147_483_647).optional().meta({
    description: 'Makes requests and errors come at random, the same ones each time. Default: exactly at their rates.',
  }),
});

export const trafficChangeWords = z.strictObject({ ...words, rate: words.rate.optional() });

const calm: ArmTraffic = { errors: 0, slow: 0, lost: 0, levels: {} };

type ArmWords = z.output<typeof arm>;

const said = (words: ArmWords): Partial<ArmTraffic> =>
  Object.fromEntries(Object.entries(words).filter(([, value]) => value !== undefined));

const joined = (both: ArmWords | undefined, own: ArmWords | undefined): Partial<ArmTraffic> | undefined => {
  if (both === undefined && own === undefined) return undefined;
  const levels = { ...both?.levels, ...own?.levels };
  return { ...said(both ?? {}), ...said(own ?? {}), ...(Object.keys(levels).length > 0 && { levels }) };
};

export const trafficChange = ({ rate, both, canary, stable }: z.output<typeof trafficChangeWords>): TrafficChange => ({
  perSecond: rate,
  canary: joined(both, canary),
  stable: joined(both, stable),
});

export const trafficFrom = ({ rate, both, canary, stable }: z.output<typeof trafficWords>): Traffic => ({
  perSecond: rate,
  canary: { ...calm, ...joined(both, canary) },
  stable: { ...calm, ...joined(both, stable) },
});
