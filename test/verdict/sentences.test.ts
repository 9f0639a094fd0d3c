/** What people read: the whole sentence of every reason. */
import { describe, expect, test } from 'vitest';
import { noEvidence } from '../../src/verdict/mixture.ts';
import { startRuleState } from '../../src/verdict/rule-state.ts';
import { emptyWindow } from '../../src/verdict/window.ts';
import { percent } from '../../src/verdict/words.ts';
import { counts, errorRate, minute } from './a-rule.ts';
import { noon40, say, type Told } from './say.ts';

const subject = 'error_rate 0.5 % over 5m, limit 0.1%, stable 0.04 %';
const subjectOf = ({ shown }: Told): string =>
  shown?.canary === undefined ? subject : subject.replace('0.5 %', percent(shown.canary ?? 0));
const since = noon40 - 2 * minute;

test.each<[Parameters<typeof say>[0], string]>([
  ['Proven', 'proven inside for this step'],
  ['Compatible', 'compatible with the limit after 4,020 requests in this step, not proven'],
  ['WorseWithinLimit', 'not proven to be outside the limit; recorded: more than 1.25 times as bad as stable'],
  ['NotApplicable', 'does not apply here: not measured for this service'],
  ['Ignored', 'no data, which this rule ignores (missing: ignore)'],
  ['Breach', 'outside beyond doubt at 12:40:08Z: 62 errors in 12,400 canary requests since the release began'],
  [
    'SharedAfterRise',
    'outside beyond doubt at 12:40:08Z, and stable is outside, too, since 12:40:08Z, shortly after the weight was raised: 62 errors in 12,400 canary requests since the release began',
  ],
  [
    'GrossFailure',
    "at least half of the canary's requests failed within 5s at 12:40:08Z: 62 errors in 12,400 canary requests since the release began",
  ],
  ['StableSuffersToo', 'outside, but stable is, too: not the fault of the canary'],
  [
    'AwaitingRelative',
    'outside beyond doubt: 62 errors in 12,400 canary requests since the release began; whether it is worse than stable is not decided yet; about 1m49s more like this, would roll back',
  ],
  ['WorseThanStable', 'more than three times as bad as stable, beyond doubt; not proven to be outside the limit'],
  [
    'OutsideThreshold',
    'may be outside, not sure yet: 62 errors in 12,400 canary requests since the release began; about 1m49s more like this, would roll back',
  ],
  ['AlertElsewhere', 'fires, not for a canary with traffic: nothing is taken back, and nothing goes on'],
  [
    'EvidenceRising',
    'more and more likely outside: 62 errors in 12,400 canary requests since the release began; about 1m49s more like this, would roll back',
  ],
  ['TooFewEvents', 'no look at a pass is due yet'],
  ['BakeNotEnded', 'nothing against it so far; the step still bakes'],
  ['NoData', 'no data'],
  ['WarmingUp', 'the first 0s of a step do not count'],
])('%s', (reason, said) => expect(say(reason)).toBe(`${subject}: ${said}`));

describe('what a reason adds', () => {
  const outsideSince = { stable: { insideSinceMs: null, outsideSinceMs: since, baseline: null } };
  const stepWith = (canary: ReturnType<typeof counts>) => () => {
    const { step } = startRuleState(errorRate);
    return { canary, step: { ...step, counts: { ...step.counts, canary } } };
  };
  const more = { shown: { errorsToConvict: 1_250 } };
  const unsplit = { split: false, weight: 100 };

  test.each<[string, Parameters<typeof say>[0], Told, string]>([
    ['errors more', 'Proven', more, 'proven inside for this step; 1,250 more errors now would roll back'],
    [
      'errors more',
      'Compatible',
      more,
      'compatible with the limit after 4,020 requests in this step, not proven; 1,250 more errors now would roll back',
    ],
    [
      'the number is inside',
      'WorseWithinLimit',
      { shown: { canary: 0.001, errorsToConvict: 3 } },
      'inside the limit; recorded: more than 1.25 times as bad as stable; 3 more errors now would roll back',
    ],
    [
      'the number is inside',
      'WorseThanStable',
      { shown: { canary: 0.0009 } },
      'more than three times as bad as stable, beyond doubt; inside the limit',
    ],
    ['stable is the limit', 'WorseThanStable', { rule: { ...errorRate, compare: 'stable' } }, 'worse than stable'],
    [
      'since when stable is outside',
      'SharedAfterRise',
      { state: outsideSince },
      'outside beyond doubt at 12:40:08Z, and stable is outside, too, since 12:38:08Z, shortly after the weight was raised: 62 errors in 12,400 canary requests since the release began',
    ],
    [
      'since when stable is outside',
      'EnvironmentBad',
      { state: outsideSince },
      'outside beyond doubt, but stable is outside, too, since 12:38:08Z: the environment is bad; goes on once stable was inside for 5m',
    ],
    [
      'stable has no traffic',
      'EnvironmentBad',
      { state: outsideSince, context: unsplit },
      'outside beyond doubt, but stable fails its probes since 12:38:08Z: the environment is bad; goes on once stable was inside for 5m',
    ],
    [
      'nobody knows since when',
      'EnvironmentBad',
      { context: unsplit },
      'outside beyond doubt, but stable fails its probes: the environment is bad; goes on once stable was inside for 5m',
    ],
    [
      'other steps',
      'NotApplicable',
      { rule: { ...errorRate, steps: [5, 50] } },
      'does not apply here: it is for 5 %, 50 %',
    ],
    [
      'this step, in the watch',
      'NotApplicable',
      { rule: { ...errorRate, steps: [25] }, context: { step: null } },
      'does not apply here: it is for 25 %',
    ],
    [
      'this step',
      'NotApplicable',
      { rule: { ...errorRate, steps: [25] } },
      'does not apply here: not measured for this service',
    ],
    [
      'affinity',
      'NotApplicable',
      { judge: { sticky: true } },
      'does not apply here: with session affinity or long streams the versions cannot be compared; held against the limit alone: with session affinity or long streams the versions cannot be compared',
    ],
    ['one version', 'NotApplicable', { context: unsplit }, 'does not apply here: it needs both versions under traffic'],
    [
      'the warm-up',
      'WarmingUp',
      { rule: { ...errorRate, warmUpMs: 90_000 } },
      'the first 1m30s of a step do not count',
    ],
    [
      'time and errors to a conviction',
      'EvidenceRising',
      more,
      'more and more likely outside: 62 errors in 12,400 canary requests since the release began; about 1m49s more like this, or 1,250 more errors now, would roll back',
    ],
    [
      'less than a second',
      'EvidenceRising',
      {
        state: {
          absolute: { ...noEvidence, lnNow: Math.log(6_000) - 0.01 },
          relative: { ...noEvidence, lnNow: 20 },
        },
      },
      'more and more likely outside: 62 errors in 12,400 canary requests since the release began; about 1s more like this, would roll back',
    ],
    [
      'no way to convict by time, none missing',
      'EvidenceRising',
      { state: () => ({ window: emptyWindow(5 * minute) }), shown: { errorsToConvict: 0 } },
      'more and more likely outside: 62 errors in 12,400 canary requests since the release began',
    ],
    [
      'the sample that is missing',
      'TooFewEvents',
      { state: stepWith(counts(1_000, 1)) },
      'needs 2,000 more canary requests, about 20m',
    ],
    ['nothing came yet', 'TooFewEvents', { state: stepWith(counts(0)) }, 'needs 3,000 more canary requests'],
    [
      'the sample that is missing',
      'BakeNotEnded',
      { state: stepWith(counts(1_000, 1)) },
      'nothing against it so far; the step still bakes and needs 2,000 more canary requests, about 20m',
    ],
  ])('%s: %s', (_what, reason, told, said) => expect(say(reason, told)).toBe(`${subjectOf(told)}: ${said}`));
});
