/** Words of one rule that make no sense together. */
import { burnProblem } from './burn-rate.ts';
import type { Measured } from './measured-by-name.ts';
import { agoOf } from './past-baseline.ts';
import { defaultJudge, isUncounted } from './rule-defaults.ts';
import type { RuleWords } from './schema.ts';
import type { WordIssue } from './sli-choice.ts';

interface Subject {
  readonly words: Partial<RuleWords>;
  readonly measured: Measured;
  /** As the rule says, or by default. */
  readonly judge: 'sequential' | 'point';
  /** Requests are counted; otherwise a level is looked at. */
  readonly counted: boolean;
}

type Conflict = (subject: Subject) => string | null;

/** By the word that the message is shown at. */
const conflicts: Readonly<Partial<Record<keyof RuleWords, Conflict>>> = {
  judge: ({ words, judge, counted }) => {
    if (judge === 'point') return null;
    if (words.burnRate !== undefined) return 'judge sequential does not fit burnRate, which is compared literally';
    return counted ? null : 'judge sequential needs counted requests; a level is judged by point';
  },
  burnRate: ({ words, measured }) => {
    if (measured.kind !== 'errors') return 'burnRate needs failed requests out of all; the threshold is their budget';
    const threshold = words.threshold?.meaning;
    return burnProblem(words.burnRate ?? [], threshold?.kind === 'ratio-above' ? threshold.ratio : null);
  },
  for: ({ judge }) =>
    judge === 'sequential' ? 'for belongs to judge: point; a sequential judge decides by evidence' : null,
  advanceOn: ({ words, judge }) =>
    words.advanceOn === 'proven' && judge === 'point' ? 'advanceOn proven needs judge: sequential' : null,
  minEvents: ({ counted }) => (counted ? null : 'minEvents needs counted requests; a level has none'),
  ratio: ({ words, counted }) => {
    if (!counted) return 'ratio needs counted requests; a level has none';
    if (words.burnRate !== undefined) return 'ratio has no use with burnRate';
    if (words.protocol === 'grpc-stream') return 'ratio has no use with streams, which are not compared with stable';
    return words.compare === 'absolute' ? 'ratio has no use with compare: absolute' : null;
  },
  compare: ({ words, measured, counted }) => {
    if (words.compare === 'stable' && words.protocol === 'grpc-stream')
      return 'compare stable does not fit streams: they live long, so that no tick compares the versions';
    if (words.compare === 'stable' && words.burnRate !== undefined)
      return 'compare stable does not fit burnRate: a budget is a limit of its own';
    if (words.compare === 'stable' && !counted)
      return 'compare stable needs counted requests; a level is compared with its limit';
    return words.compare === 'absolute' && measured.kind === 'volume'
      ? "compare absolute does not fit: the canary's volume is what the router sends it; leave compare out"
      : null;
  },
  missing: ({ words, measured }) =>
    words.missing === 'zero' && measured.kind === 'time'
      ? 'missing zero does not fit: absent response times are not fast ones'
      : null,
  routes: ({ words, counted }) => {
    if (!counted) return 'routes needs counted requests; a level has none';
    const twice = words.routes?.find((route, at) => words.routes?.indexOf(route) !== at);
    return twice === undefined ? null : `routes names ${JSON.stringify(twice)} twice`;
  },
  routeLabel: ({ words }) => (words.routes === undefined ? 'routeLabel has no use without routes' : null),
  protocol: ({ words, counted }) => {
    if (!counted) return 'protocol needs requests; a level has none';
    return words.query === undefined ? null : 'protocol belongs to a preset; the query itself says what is counted';
  },
  snap: ({ measured }) => (measured.kind === 'time' ? null : 'snap belongs to response times from a histogram'),
  steps: ({ words }) => (new Set(words.steps).size === words.steps?.length ? null : 'steps names a weight twice'),
};

/** Words that say nothing about an alert, which is firing or is not. */
const idleWithAlert = ['threshold', 'window', 'compare', 'missing', 'warmUp'] as const;

const alertConflicts = (words: Partial<RuleWords>): readonly WordIssue[] =>
  idleWithAlert.flatMap((word) =>
    words[word] === undefined
      ? []
      : [{ word, message: `${word} has no use with an alert, which fires or does not; leave it out` }],
  );

/** All of them, each at its word. */
export const wordConflicts = (words: Partial<RuleWords>, measured: Measured): readonly WordIssue[] => {
  const counted = !isUncounted(measured);
  const subject: Subject = {
    words,
    measured,
    judge: words.judge ?? (agoOf(words) === null ? defaultJudge(measured, words.burnRate) : 'point'),
    counted,
  };
  const idle = measured.kind === 'alert' ? alertConflicts(words) : [];
  const told = new Set<WordIssue['word']>(idle.map(({ word }) => word));
  const others = (Object.keys(conflicts) as (keyof RuleWords)[]).flatMap((word) => {
    const message = words[word] === undefined ? null : (conflicts[word]?.(subject) ?? null);
    return message === null || told.has(word) ? [] : [{ word, message }];
  });
  return [...idle, ...others];
};
