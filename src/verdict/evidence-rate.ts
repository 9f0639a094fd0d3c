/** How fast evidence grows, in nats a second, at given rates of events: what plans and forecasts rest on. */
import { canaryShareOfBad } from './relative.ts';

/** a ln(a/b), with 0 ln 0 = 0. */
const xlog = (a: number, b: number): number => (a === 0 ? 0 : a * Math.log(a / b));

/** Canary events a second of which a fraction `p` is bad, against the limit `p0`. */
export const absoluteRate = (perSecond: number, p: number, p0: number): number =>
  p <= p0 ? 0 : perSecond * (xlog(p, p0) - (p - p0));

export interface SplitRates {
  /** Events a second in each arm, and the fraction of them that is bad. */
  readonly canary: { readonly perSecond: number; readonly p: number };
  readonly stable: { readonly perSecond: number; readonly p: number };
  readonly ratio: number;
}

/** L * KL(theta || rho): the canary's real share of the bad events against its share at `ratio`. */
export const relativeRate = ({ canary, stable, ratio }: SplitRates): number => {
  const canaryBad = canary.perSecond * canary.p;
  const all = canaryBad + stable.perSecond * stable.p;
  if (all === 0 || canary.perSecond === 0 || stable.perSecond === 0) return 0;
  const theta = canaryBad / all;
  const rho = canaryShareOfBad(ratio, canary.perSecond, stable.perSecond);
  return theta <= rho ? 0 : all * (xlog(theta, rho) + xlog(1 - theta, 1 - rho));
};
