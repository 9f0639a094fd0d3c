/** Names what a rule measures, whatever its limit: numbers that were recorded of one thing say nothing of another. */
import { contentHash } from '../../lib/content-hash.ts';
import type { Rule } from '../../rules/rule.ts';

export function measuredHash({ sli }: Rule): string {
  if (sli.kind !== 'latency') return contentHash(sli);
  const { bound: _bound, snap: _snap, ...measured } = sli;
  return contentHash(measured);
}
