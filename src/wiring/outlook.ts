/** What a release begins with besides its plan: what is known of the service, and what its traffic of now can show. */
import { outlookLines, unjudgeable } from '../gate/judgeability.ts';
import { knownOf } from '../gate/known.ts';
import { refuses, unmeasuredNotes } from '../gate/unmeasured.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { Beginning } from '../release/begin.ts';
import type { Served } from './served.ts';
import { notMeasurable, routerUnfit, splitNote } from './start-problems.ts';

/** Fails with `RouterUnfit` or `NotMeasurable`. */
export async function withOutlook(service: Served, beginning: Beginning): Promise<Result<Beginning>> {
  const { plan, rules, state } = beginning;
  const { stable } = state;
  const found = service.policy.mode === 'observe' ? [] : await service.examine();
  const unfit = found.filter(({ grade }) => grade === 'unfit');
  if (unfit.length > 0) return failed(routerUnfit(unfit));
  if (stable === null) return ok(beginning);
  const missing = await service.unmeasured(rules, stable);
  const refusing = missing.filter(({ rule }) => refuses(rule));
  if (refusing.length > 0) return failed(notMeasurable(refusing));
  const [now, histories] = await Promise.all([service.traffic(rules, stable), service.history(rules, state)]);
  const judge = { ...beginning.judge, rules: rules.rules.length };
  const [first] = plan.steps;
  const step = first === undefined ? null : { weight: first.weight, bakeMs: first.bakeMs, eventsBefore: 0 };
  const learned = knownOf({ rules: rules.rules, judge, histories, step, traffic: now });
  const notes = [...found.map(splitNote), ...unmeasuredNotes(missing), ...learned.notes];
  const known = { ...learned, notes };
  if (now === null) return ok({ ...beginning, known });
  const outlook = { rules, plan, judge, dispersion: known.dispersion, traffic: now };
  return ok({ ...beginning, known, unjudgeable: unjudgeable(outlook), outlook: outlookLines(outlook) });
}
