/** Whether the histogram has the bucket that a response time rule is decided by. */
import { ok, type Result } from '../../../lib/result.ts';
import { chooseBucket } from '../../../metrics/bucket.ts';
import type { MetricSource } from '../../../metrics/metric-source.ts';
import { boundOf } from '../../../metrics/series-key.ts';
import { bucketsOf } from '../../../metrics/wanted-series.ts';
import { renderSelector } from '../../../rules/promql.ts';
import { atWord, type Finding, type RuleSubject } from '../finding.ts';
import { ask, seriesIn } from './ask.ts';
import type { Side } from './data-now.ts';

export const bucketsNow = async (
  subject: RuleSubject,
  source: MetricSource,
  sides: readonly Side[],
): Promise<Result<readonly Finding[], string>> => {
  const { sli } = subject.rule;
  if (sli.kind !== 'latency') return ok([]);
  const selector = bucketsOf(sli.histogram);
  const asked = await ask(
    source,
    Object.fromEntries(sides.map(({ name, arm }) => [name, `count by (le) (${renderSelector(selector, arm)})`])),
  );
  if (!asked.ok) return asked;
  const unit = sli.unitsPerSecond === 1 ? 's' : 'ms';
  for (const { name } of sides) {
    const bounds = seriesIn(asked.value, name).map(({ labels }) => boundOf(labels['le']));
    const chosen = chooseBucket(bounds, sli.bound, sli.snap ? 'snap' : 'refuse');
    if (bounds.length === 0) continue;
    if (chosen.ok) return ok(chosen.value === sli.bound ? [] : [snapped(subject, `${chosen.value}${unit}`)]);
    const near = chosen.error.map((bound) => `${bound}${unit}`).join(' and ');
    const message = `${selector.metric} has no bucket at ${subject.rule.thresholdText}; ${near === '' ? 'it has no finite bucket' : `the nearest are ${near}`}: take one of them as threshold${chosen.error[0] !== undefined && chosen.error[0] < sli.bound ? ', or write snap: true for the lower one' : ''}`;
    return ok([atWord(subject, ['threshold'], { level: 'error', check: 'BucketMissing', message })]);
  }
  return ok([]);
};

const snapped = (subject: RuleSubject, bound: string): Finding =>
  atWord(subject, ['snap'], {
    level: 'warning',
    check: 'BucketSnapped',
    message: `snap: true takes the bucket at ${bound} for ${subject.rule.thresholdText}: the rule is that much stricter`,
  });
