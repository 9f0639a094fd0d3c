/** Who is compared, with which settings, and on which services. */
import type { Ending } from '../../simulate/ending.ts';
import { argoRollouts } from './argo-rollouts.ts';
import type { Course, Service } from './course.ts';
import { flagger } from './flagger.ts';
import { kayenta } from './kayenta.ts';
import { sluice } from './sluice.ts';

export interface Judge {
  readonly name: string;
  /** What it was set to, for whoever reads the table. */
  readonly settings: string;
  readonly run: (course: Course, phi: number) => Ending;
}

const oneMinute = { intervalSeconds: 60, threshold: 5 } as const;
const ofOneMinute = (minPercent: number) => ({ windowSeconds: 60, minPercent });
const kayentaScores = { marginal: 75, pass: 95 } as const;
const ofFiveMinutes = { intervalSeconds: 300, windowSeconds: 300, failureLimit: 3 } as const;

export const judges: readonly Judge[] = [
  {
    name: 'Sluice',
    settings: "shipped defaults, the service's dispersion known from its history",
    run: (course, phi) => sluice({ phi })(course),
  },
  { name: 'Sluice new', settings: 'shipped defaults, no history of the service', run: sluice() },
  {
    name: 'Kayenta 5m',
    settings: 'looks every 5 min at all points so far, marginal 75, pass 95',
    run: kayenta({ everyMinutes: 5, ...kayentaScores }),
  },
  {
    name: 'Kayenta 55m',
    settings: 'one look, at the end',
    run: kayenta({ everyMinutes: 55, ...kayentaScores }),
  },
  {
    name: 'Flagger 99',
    settings: 'its example: interval 1m, threshold 5, success rate of 1m at least 99 %',
    run: flagger({ ...oneMinute, metric: ofOneMinute(99) }),
  },
  {
    name: 'Flagger 99.9',
    settings: 'the same with the limit of the rule: 99.9 %',
    run: flagger({ ...oneMinute, metric: ofOneMinute(99.9) }),
  },
  {
    name: 'Flagger 10s',
    settings: 'the same at its shortest interval',
    run: flagger({ intervalSeconds: 10, threshold: 5, metric: ofOneMinute(99.9) }),
  },
  {
    name: 'Argo 5m',
    settings: 'its example (interval 5m, failureLimit 3) with the limit of the rule: successCondition >= 99.9 %',
    run: argoRollouts({ ...ofFiveMinutes, successCondition: (rate) => rate >= 0.999 }),
  },
  {
    name: 'Argo 1m',
    settings: 'interval 1m, failureLimit 3, failureCondition < 99 %, between both conditions it pauses',
    run: argoRollouts({
      intervalSeconds: 60,
      windowSeconds: 60,
      failureLimit: 3,
      successCondition: (rate) => rate >= 0.999,
      failureCondition: (rate) => rate < 0.99,
    }),
  },
];

export interface Situation {
  readonly name: string;
  readonly service: Omit<Service, 'total'>;
  /** Dispersion of the service's error counts, as its history would show it. */
  readonly phi: number;
  /** A good judge leaves it alone, or finds it. */
  readonly canary: 'healthy' | 'bad';
}

const percent = 0.01;
const steady = (rate: number): Situation => ({
  name: `healthy ${rate} %`,
  service: { canary: rate * percent, stable: rate * percent },
  phi: 1,
  canary: 'healthy',
});
const regression = (rate: number): Situation => ({
  name: `canary ${rate} %, stable 0.05 %`,
  service: { canary: rate * percent, stable: 0.05 * percent },
  phi: 1,
  canary: 'bad',
});

export const situations: readonly Situation[] = [
  steady(0.05),
  steady(0.09),
  {
    name: 'healthy 0.05 %, bursts of 5 over 5 min',
    service: { ...steady(0.05).service, bursts: { size: 5, seconds: 300 } },
    // Variance/mean of a geometric size of mean 5.
    phi: 9,
    canary: 'healthy',
  },
  {
    name: 'healthy 0.05 %, both fail 20 % for 60 s',
    service: { ...steady(0.05).service, outage: { atMinute: 30, seconds: 60, errorRate: 0.2 } },
    phi: 1,
    canary: 'healthy',
  },
  ...[0.2, 0.3, 0.5, 1, 5].map(regression),
];

export const traffics = [10, 100, 1000] as const;
