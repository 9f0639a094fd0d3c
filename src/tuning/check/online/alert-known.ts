/** Whether any rule of the metric source raises the alert that a rule reads: a name that nobody raises is quiet for ever. */
import { didYouMean } from '../../../lib/nearest.ts';
import { atWord, type Finding, type RuleSubject } from '../finding.ts';

/** `names` null: nobody tells which there are. */
export const alertKnown = (
  subject: RuleSubject,
  { names, source }: { readonly names: readonly string[] | null; readonly source: string },
): readonly Finding[] => {
  const { sli } = subject.rule;
  if (sli.kind !== 'alert' || names === null || names.includes(sli.alertname)) return [];
  const meant = names.length === 0 ? '; it has no alert rules at all' : didYouMean(sli.alertname, names);
  const message = `no alert rule of ${source} is called ${JSON.stringify(sli.alertname)}, so it would be quiet for ever${meant}`;
  return [atWord(subject, ['query', 'alert'], { level: 'warning', check: 'AlertUnknown', message })];
};
