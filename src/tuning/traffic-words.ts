/** The words of made-up traffic: `rate: 100/s`, how each version fares, and which routes fare otherwise. */
import { z } from 'zod';
import { armWords, fareWords, firingWord, read, shareWord } from './arm-words.ts';
import type { ArmTraffic, RouteTraffic, Traffic, TrafficChange } from './scenario.ts';

const secondsPer: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3_600 };

const rateOf = (text: string): number | null => {
  const [, amount, unit] = /^([0-9]+(?:\.[0-9]+)?) ?\/ ?(s|m|min|h)$/.exec(text) ?? [];
  return amount === undefined || unit === undefined ? null : Number(amount) / (secondsPer[unit] ?? 1);
};

const rate = read(rateOf, 'a rate; write 100/s or 50/min');

const share = shareWord.meta({ description: 'Share of all requests: 2%.' });

const fares = {
  both: fareWords.optional().meta({ description: 'How both versions fare there; the rest is as for all requests.' }),
  canary: fareWords.optional(),
  stable: fareWords.optional(),
};

const words = {
  rate: rate.meta({ description: 'Requests of all users: 100/s.' }),
  both: armWords.optional().meta({ description: 'How both versions fare.' }),
  canary: armWords.optional(),
  stable: armWords.optional(),
  firing: firingWord
    .optional()
    .meta({ description: 'Alerts that fire with labels of neither version, by the names of their rules.' }),
};

const routes = 'Routes that rules judge by themselves: /checkout: { share: 2%, canary: { errors: 5% } }.';

export const trafficWords = z
  .strictObject({
    ...words,
    routes: z
      .record(z.string(), z.strictObject({ share, ...fares }))
      .optional()
      .meta({ description: routes }),
    past: rate.optional().meta({
      description: 'Requests at the time that a rule with baseline 1d or 7d compares with. Default: the rate.',
    }),
    seed: z.int().min(0).max(2_147_483_647).optional().meta({
      description:
        'Makes requests and errors come at random, the same ones each time. Default: exactly at their rates.',
    }),
  })
  .refine(({ routes: all }) => sharesOf(Object.values(all ?? {})) <= 1 + 1e-9, {
    path: ['routes'],
    error: 'have more than 100% of the requests together',
  });

export const trafficChangeWords = z.strictObject({
  ...words,
  rate: words.rate.optional(),
  routes: z
    .record(z.string(), z.strictObject(fares))
    .optional()
    .meta({ description: 'What changes on a route that the traffic names.' }),
});

const sharesOf = (routed: readonly { readonly share: number }[]): number =>
  routed.reduce((sum, each) => sum + each.share, 0);

const calm: ArmTraffic = { errors: 0, slow: 0, lost: 0, levels: {}, firing: [] };

type ArmWords = z.output<typeof armWords>;
type FareWords = z.output<typeof fareWords>;
type RouteWords = Partial<Record<'both' | 'canary' | 'stable', FareWords | undefined>>;

const said = <W extends object>(given: W | undefined): { readonly [K in keyof W]?: Exclude<W[K], undefined> } =>
  Object.fromEntries(Object.entries(given ?? {}).filter(([, value]) => value !== undefined)) as {
    readonly [K in keyof W]?: Exclude<W[K], undefined>;
  };

const joined = (both: ArmWords | undefined, own: ArmWords | undefined): Partial<ArmTraffic> | undefined => {
  if (both === undefined && own === undefined) return undefined;
  const levels = { ...both?.levels, ...own?.levels };
  return { ...said(both), ...said(own), ...(Object.keys(levels).length > 0 && { levels }) };
};

const route = ({ both, canary, stable }: RouteWords): Omit<RouteTraffic, 'share'> => ({
  canary: { ...said(both), ...said(canary) },
  stable: { ...said(both), ...said(stable) },
});

const routesFrom = (given: Readonly<Record<string, RouteWords>> | undefined): TrafficChange['routes'] =>
  given && Object.fromEntries(Object.entries(given).map(([name, each]) => [name, route(each)]));

export const trafficChange = (given: z.output<typeof trafficChangeWords>): TrafficChange => ({
  perSecond: given.rate,
  canary: joined(given.both, given.canary),
  stable: joined(given.both, given.stable),
  routes: routesFrom(given.routes),
  firing: given.firing,
});

export const trafficFrom = (given: z.output<typeof trafficWords>): Traffic => ({
  perSecond: given.rate,
  canary: { ...calm, ...joined(given.both, given.canary) },
  stable: { ...calm, ...joined(given.both, given.stable) },
  routes: Object.fromEntries(
    Object.entries(given.routes ?? {}).map(([name, each]) => [name, { ...route(each), share: each.share }]),
  ),
  firing: given.firing ?? [],
  past: given.past ?? null,
});
