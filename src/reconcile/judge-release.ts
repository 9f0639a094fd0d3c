/** From one answer of the metrics to new evidence and verdicts: measure every rule, judge every reading. */
import { type Measured, measure } from '../metrics/measure.ts';
import type { Answer } from '../metrics/metric-source.ts';
import type { NothingReason, Reading } from '../metrics/reading.ts';
import type { Arms } from '../metrics/series.ts';
import { bakeEnded } from '../release/bake.ts';
import type { Release, WeightBook } from '../release/release.ts';
import type { JudgeContext } from '../verdict/context.ts';
import { judge, startRuleState } from '../verdict/judge.ts';
import { withDispersion } from '../verdict/settings.ts';

export interface Glance {
  readonly nowMs: number;
  /** As just read back. */
  readonly weight: WeightBook;
  readonly stableProbes: JudgeContext['stableProbes'];
}

export interface JudgedRelease {
  readonly release: Release;
  /** The answer shows the service: not down, not stale, not garbage. */
  readonly sighted: boolean;
  /** What was judged; null: nothing was. */
  readonly readings: Measured['readings'] | null;
}

export interface Source {
  readonly answer: Answer;
  readonly arms: Arms;
}

/** The release with the answer folded in: counters, evidence and verdicts. Pure; the same answer twice adds nothing. */
export function judgeRelease(release: Release, { answer, arms }: Source, look: Glance): JudgedRelease {
  const measured = measure({
    rules: release.rules.rules,
    arms,
    memory: release.evidence.memory,
    answer,
    nowMs: look.nowMs,
    notBeforeMs: look.weight.firstTrafficAtMs,
  });
  return judgeReadings(release, measured, look);
}

/** The same for readings that were measured before. */
export function judgeReadings(release: Release, { memory, readings }: Measured, look: Glance): JudgedRelease {
  const { rules } = release.rules;
  const context = judgeContext(release, look);
  const judged = rules.flatMap((rule) => {
    const reading = readings[rule.name];
    if (reading === undefined) return [];
    const state = release.evidence.rules[rule.name] ?? startRuleState(rule);
    return [
      {
        name: rule.name,
        ...judge(rule, withDispersion(release.judge, release.dispersion[rule.name]), { state, reading, context }),
      },
    ];
  });
  const evidence = { memory, rules: Object.fromEntries(judged.map(({ name, state }) => [name, state])) };
  // What was decided on stays: no users come any more, so nothing that is seen later speaks of it.
  const verdicts = release.phase.phase === 'rollingBack' ? release.verdicts : judged.map(({ verdict }) => verdict);
  return { release: { ...release, evidence, verdicts }, sighted: isSighted(release, readings), readings };
}

const blinding: ReadonlySet<NothingReason> = new Set(['SourceDown', 'Stale', 'NotFinite']);

/** By the rules that count something, critical ones first; levels of the host go on answering while the service's metrics are gone. */
function isSighted({ rules }: Release, readings: Readonly<Record<string, Reading>>): boolean {
  const counting = rules.rules.filter(
    ({ sli: { kind } }) => kind === 'ratio' || kind === 'latency' || kind === 'volume',
  );
  const critical = counting.filter(({ alert }) => alert === 'critical');
  const deciding = [critical, counting, rules.rules].find((each) => each.length > 0) ?? [];
  return deciding.some(({ name }) => {
    const reading = readings[name];
    return reading !== undefined && (reading.kind !== 'nothing' || !blinding.has(reading.reason));
  });
}

function judgeContext(release: Release, look: Glance): JudgeContext {
  const { phase } = release;
  const { weight } = look;
  const step = 'step' in phase ? phase.step : null;
  const applied = weight.applied ?? 0;
  return {
    nowMs: look.nowMs,
    step,
    weight: applied,
    split: applied > 0 && applied < 100,
    weightSinceMs: weight.appliedAtMs ?? look.nowMs,
    raisedAtMs: weight.raisedAtMs,
    bakeEnded: bakeEnded(release),
    stableProbes: look.stableProbes,
  };
}
