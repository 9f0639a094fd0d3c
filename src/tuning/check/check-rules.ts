/** What a rule set means, beyond being well written: everything that can be said without asking a metric source. */
import { inFileOrder } from '../../lib/config-file/file-error.ts';
import { errorAt } from '../../lib/config-file/schema-errors.ts';
import { counterSense } from './counter-sense.ts';
import { type Finding, ruleSubjects, type Subject } from './finding.ts';
import { selectorSense } from './selector-sense.ts';
import { windowSense } from './window-sense.ts';
import { wordSense } from './word-sense.ts';

const onlyDryRuns = ({ yaml, path, set }: Subject): readonly Finding[] => {
  const critical = set.rules.filter(({ alert }) => alert === 'critical');
  if (critical.length === 0 || critical.some(({ dryRun }) => !dryRun)) return [];
  const message = 'every critical rule is a dry run: nothing would ever be rolled back';
  return [
    { ...errorAt(yaml, { path, anchor: 'key' }, message), level: 'warning', check: 'NoCriticalRule', rule: null },
  ];
};

/** In the order of the file. */
export const checkRules = (subject: Subject): readonly Finding[] => {
  const findings = ruleSubjects(subject).flatMap((each) => [
    ...selectorSense(each),
    ...counterSense(each),
    ...windowSense(each),
    ...wordSense(each),
  ]);
  return inFileOrder([...onlyDryRuns(subject), ...findings]);
};
