/** Whether HAProxy has as many servers as the plan will need instances. */
import { isMap } from '../lib/config-file/sound-parts.ts';
import { planFrom, planIssues, planWords } from './policy-plan.ts';
import { stableReplicas, targetProblem, targetWords } from './policy-target.ts';
import { stepSize } from './step-size.ts';

export interface ServerIssue {
  readonly word: 'stable' | 'canary';
  readonly message: string;
}

/** Words as they stand in the file; what can't be read of them is complained about elsewhere. */
export function serverIssues(
  traffic: unknown,
  { target, plan }: { readonly target: unknown; readonly plan: unknown },
): readonly ServerIssue[] {
  const haproxy = isMap(traffic) ? traffic['haproxy'] : undefined;
  if (!isMap(haproxy) || !isMap(target) || targetProblem(target) !== null || planIssues(plan, null).length > 0)
    return [];
  const words = targetWords.safeParse(target);
  const planned = planWords.safeParse(plan ?? {});
  if (!words.success || !planned.success) return [];
  const full = stableReplicas(words.data);
  const most = Math.max(...planFrom(planned.data).steps.map((step) => stepSize(step, full)));
  return [...tooFew(haproxy, 'stable', full), ...tooFew(haproxy, 'canary', most)];
}

const tooFew = (
  haproxy: Readonly<Record<string, unknown>>,
  word: ServerIssue['word'],
  needed: number,
): ServerIssue[] => {
  const names = haproxy[word];
  if (!Array.isArray(names) || names.length === 0 || names.length >= needed) return [];
  const has = names.length === 1 ? 'has 1 server' : `has ${names.length} servers`;
  return [{ word, message: `${word} ${has} and needs ${needed}, one for each instance that target and plan ask for` }];
};
