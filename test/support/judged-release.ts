/** A release that is judged over virtual time: the text of its rules, and what its metrics say at each moment. */
import type { Answer } from '../../src/metrics/metric-source.ts';
import type { Arms, Labels, Series } from '../../src/metrics/series.ts';
import { judgeRelease } from '../../src/reconcile/judge-release.ts';
import type { Release } from '../../src/release/release.ts';
import { parseRules } from '../../src/rules/rule-file.ts';
import type { Verdict } from '../../src/verdict/verdict.ts';
import { inPhase, phases, startMs } from './a-release.ts';

type SeriesAnswer = Extract<Answer, { readonly kind: 'series' }>;

/** What the metrics say so many seconds after the step began; a counter is given as its value then. */
export type World = (seconds: number) => Partial<SeriesAnswer>;

const arms: Arms = { canary: { version: ['v2'] }, stable: { version: ['v1'] } };
const tickSeconds = 15;

/** One counter of a version, as a scrape at that second sees it. */
export const counter = (metric: string, labels: Labels, at: readonly [seconds: number, value: number]): Series => ({
  metric,
  labels: { instance: `${labels['version']}:80`, ...labels },
  samples: [{ atMs: startMs + at[0] * 1000, value: at[1] }],
});

export class JudgedRelease {
  #release: Release;
  #seconds = 0;

  private constructor(release: Release) {
    this.#release = release;
  }

  /** In its first step at 25 %; `judge` as in the policy, and `given` of the release. */
  static async by(rules: string, given: Partial<Release> = {}): Promise<JudgedRelease> {
    const parsed = await parseRules(rules, { file: 'rules.yaml' });
    if (!parsed.ok) throw new Error(parsed.error.map(({ message }) => message).join('\n'));
    const release = inPhase(phases.baking, { ...given, rules: parsed.value });
    const judge = { ...release.judge, rules: parsed.value.rules.length, phi: 1 };
    return new JudgedRelease({ ...release, judge });
  }

  get release(): Release {
    return this.#release;
  }

  /** The first verdict is at 15 s; what stood there before is the baseline. */
  run(seconds: number, world: World): this {
    const end = this.#seconds + seconds;
    for (; this.#seconds <= end; this.#seconds += tickSeconds) this.#look(world(this.#seconds));
    return this;
  }

  #look(seen: Partial<SeriesAnswer>): void {
    const nowMs = startMs + this.#seconds * 1000;
    const answer: Answer = { kind: 'series', source: 'main', receivedAtMs: nowMs, series: [], ...seen };
    const { weight } = this.#release;
    const glance = { nowMs, weight, stableProbes: 'pass' } as const;
    // As the store would give it back.
    this.#release = JSON.parse(
      JSON.stringify(judgeRelease(this.#release, { answer, arms }, glance).release),
    ) as Release;
  }

  verdict(rule: string): Verdict {
    const found = this.#release.verdicts.find((each) => each.rule === rule);
    if (found === undefined) throw new Error(`no verdict of ${rule}`);
    return found;
  }
}
