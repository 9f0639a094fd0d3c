/** A recording as the text of a scenario file that `rules test` runs. */
import { stringify } from 'yaml';
import { formatDuration } from '../../lib/duration.ts';
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import { mergePairs } from '../../release/journal-merge.ts';
import type { JournalSpan } from '../../release/journal-span.ts';
import type { Recording } from '../../release/recording.ts';
import { recordingColumns } from './columns.ts';
import { onOneClock } from './one-clock.ts';
import { wordsOfJudge, wordsOfPlan } from './plan-words.ts';
import { wordsOfRules } from './rule-words.ts';
import { waitsOf } from './waits.ts';
import { type Came, whatCame } from './what-came.ts';

export interface ScenarioTextOptions {
  /** Words of `rules`, `preset` and `resources` that name a file; null: the rules as the release had them are written into the scenario. */
  readonly rules: object | null;
}

/** A scenario file may have 256 KiB. */
const mostLetters = 240 * 1024;

/** Fails with `NothingRecorded` or `RecordingCut`. */
export function scenarioText(recording: Recording, options: ScenarioTextOptions): Result<string> {
  const problem = whyUnusable(recording);
  if (problem !== null) return failed(problem);
  const steady = onOneClock(recording);
  let { spans } = steady;
  for (;;) {
    const text = textOf({ ...steady, spans }, options);
    const merged = fewer(spans);
    if (text.length <= mostLetters || merged.length === spans.length) return ok(text);
    spans = merged;
  }
}

function fewer(spans: readonly JournalSpan[]): readonly JournalSpan[] {
  const careful = mergePairs(spans, 'strict');
  return careful.length < 0.9 * spans.length ? careful : mergePairs(spans, 'loose');
}

function whyUnusable({ cut, id, spans }: Recording): Problem | null {
  const [first] = spans;
  const why = (reason: string, message: string): Problem => ({ reason, message, retryable: false });
  if (first === undefined || spans.every(({ read }) => Object.keys(read).length === 0))
    return why(
      'NothingRecorded',
      `there is no recording of ${id}: it ran before this Sluice kept what it reads, or its metrics have not answered yet; record a later release`,
    );
  if (cut || first.start !== 'release')
    return why(
      'RecordingCut',
      `the recording of ${id} begins only ${formatDuration(first.toMs)} after the release, so that it can't be run again from its start: ${
        cut ? 'it changed too often to be kept in bounds' : 'an earlier Sluice began it'
      }; record another release`,
    );
  return null;
}

function textOf(recording: Recording, { rules }: ScenarioTextOptions): string {
  const { compression, id, judge, mode, plan, policy, revision, size, spans } = recording;
  const intervalMs = intervalOf(spans);
  const came = whatCame(recording, { intervalMs, endMs: spans.at(-1)?.toMs ?? 0 });
  const readyMs = waitsOf(recording);
  const file = {
    ...(rules ?? { rules: { inline: wordsOfRules(recording.rules.rules, compression) } }),
    ...(compression === 1 ? {} : { compression }),
    plan: wordsOfPlan(plan, compression),
    ...wordsOfJudge(judge, compression),
    ...(mode === 'enforce' ? {} : { mode }),
    interval: formatDuration(intervalMs),
    replicas: size.baseline,
    ...(readyMs.some((each) => each > 0) ? { readyAfter: readyMs.map((each) => formatDuration(each)) } : {}),
    scenarios: [
      {
        name: `${policy} ${revision} (${id})`.slice(0, 200),
        ...(came.events.length > 0 ? { events: came.events } : {}),
        expect: came.expect,
        outcome: came.outcome,
        recording: recordingColumns(recording, spans),
      },
    ],
  };
  return `${head(recording, came)}${stringify(file, { lineWidth: 120, aliasDuplicateObjects: false })}`;
}

function head({ id, spans, startedAtMs }: Recording, { setBacks }: Came): string {
  const looks = spans.reduce((sum, each) => sum + each.looks, 0);
  const merged = looks > spans.length ? `, kept as ${spans.length}: old ones were merged` : '';
  const lines = [
    `Release ${id}, begun ${new Date(startedAtMs).toISOString()}: what it read in ${looks} looks${merged}.`,
    'Run it with "sluice rules test" and this file. What is expected is what came then; edit the rules, and it says what',
    'would have been different. Where the weight differs from that of then, the numbers are still those of then.',
    ...(spans.some(({ start }) => start === 'gap') ? ['Some looks could not be kept: the store had failed.'] : []),
    ...(setBacks.length === 0
      ? []
      : [
          `The wall clock was set back on the way, at ${setBacks.join(', ')}: times after that go on from where they were.`,
        ]),
  ];
  return lines.map((line) => `# ${line.replaceAll(/[\r\n]+/g, ' ')}\n`).join('');
}

/** The median time from one look to the next, as a scenario may have it. */
function intervalOf(spans: readonly JournalSpan[]): number {
  const read = spans.filter((span) => Object.keys(span.read).length > 0);
  const gaps = read.slice(1).map(({ looks, toMs }, n) => (toMs - (read[n]?.toMs ?? 0)) / looks);
  const middle = gaps.toSorted((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 15_000;
  return Math.min(300_000, Math.max(250, Math.round(middle / 10) * 10));
}
