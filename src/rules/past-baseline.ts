/** `baseline: 1d | 7d`: all requests of the service against the same time of another day. Only ever a warning. */
import type { Measured } from './measured-by-name.ts';
import type { RuleWords } from './schema.ts';
import type { WordIssue } from './sli-choice.ts';

type Words = Partial<RuleWords>;
type Baseline = NonNullable<RuleWords['baseline']>;

const dayMs = 86_400_000;

const agoMs: Readonly<Record<Exclude<Baseline, 'stable'>, number>> = { '1d': dayMs, '7d': 7 * dayMs };

/** How long ago the time is that the rule compares with; null: it compares with stable. */
export const agoOf = ({ baseline }: Words): number | null =>
  baseline === undefined || baseline === 'stable' ? null : agoMs[baseline];

/** Both windows' counts are chance, and traffic comes in bursts: six times what one even count would need. */
export const pastEventsFactor = 6;

/** Words that say nothing where two totals are compared. */
const useless = ['compare', 'ratio', 'warmUp', 'missing'] as const;

const ofPast = (words: Words, baseline: Baseline): readonly WordIssue[] => [
  ...(words.alert === 'critical'
    ? [
        {
          word: 'baseline' as const,
          message: `baseline ${baseline} does not go with alert: critical: traffic differs from day to day whatever the canary does; write alert: warning, or baseline: stable`,
        },
      ]
    : []),
  ...(words.judge === 'sequential'
    ? [{ word: 'judge' as const, message: `judge sequential does not fit baseline ${baseline}: it is judged by point` }]
    : []),
  ...useless.flatMap((word) =>
    words[word] === undefined || (word === 'missing' && words.missing !== 'zero')
      ? []
      : [{ word, message: `${word} has no use with baseline ${baseline}, which compares all requests of the service` }],
  ),
];

/** What does not fit the baseline, each at its word. */
export const baselineIssues = (words: Words, measured: Measured): readonly WordIssue[] => {
  const { baseline } = words;
  if (baseline === undefined) return [];
  if (measured.kind !== 'volume')
    return [{ word: 'baseline', message: 'baseline belongs to throughput; other rules have compare: stable' }];
  return baseline === 'stable' ? [] : ofPast(words, baseline);
};
