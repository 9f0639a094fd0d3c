/** Events counted over a stretch of time, as PromQL. */
import { renderSelector } from '../rules/promql.ts';
import type { TotalWanted } from './metric-source.ts';

export const totalQuery = ({ selector, labels, windowMs, agoMs }: Omit<TotalWanted, 'id'>): string => {
  const offset = agoMs === 0 ? '' : ` offset ${Math.round(agoMs)}ms`;
  return `sum(increase(${renderSelector(selector, labels)}[${Math.ceil(windowMs)}ms]${offset}))`;
};
