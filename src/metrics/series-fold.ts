/**
 * One counter's samples into increments, each once.
 *
 *     rises           difference
 *     falls           restart seen: the new value · nobody says anything and it fell below half: the new value
 *     falls otherwise "in doubt": the next sample decides whether it was a glitch (back above) or a silent reset (rebased)
 */
import type { SeriesMemory } from './counter-memory.ts';
import type { RestartEvidence } from './restart.ts';
import type { Sample } from './series.ts';

export interface RawIncrement {
  readonly fromMs: number;
  readonly toMs: number;
  readonly amount: number;
}

export interface SeriesFold {
  readonly memory: SeriesMemory;
  readonly increments: readonly RawIncrement[];
  /** Why what it says now can't be judged. */
  readonly problem: 'NotFinite' | 'NoRestartEvidence' | null;
}

export interface SeriesPast {
  readonly memory: SeriesMemory;
  /** What speaks for a restart between two times. */
  readonly evidence: (fromMs: number, toMs: number) => RestartEvidence;
}

/** Samples that are not newer than what is known already are passed over: behind an HA pair the next answer can be older. */
export function foldSeries(past: SeriesPast, samples: readonly Sample[]): SeriesFold {
  let memory = past.memory;
  let problem: SeriesFold['problem'] = null;
  const increments: RawIncrement[] = [];
  for (const sample of samples) {
    if (sample.atMs <= (memory.doubt?.atMs ?? memory.atMs)) continue;
    if (!Number.isFinite(sample.value)) {
      problem = 'NotFinite';
      continue;
    }
    const step = stepTo(sample, memory, past.evidence(memory.atMs, sample.atMs));
    memory = step.memory;
    if (step.increment === null) problem = 'NoRestartEvidence';
    else increments.push(step.increment);
  }
  return { memory, increments, problem };
}

interface Step {
  readonly memory: SeriesMemory;
  readonly increment: RawIncrement | null;
}

function stepTo(sample: Sample, last: SeriesMemory, evidence: RestartEvidence): Step {
  const reached: SeriesMemory = { ...sample, createdMs: last.createdMs, doubt: null };
  const counted = (amount: number, fromMs = last.atMs): Step => ({
    memory: reached,
    increment: { fromMs, toMs: sample.atMs, amount },
  });
  if (evidence === 'restarted') return counted(sample.value);
  if (sample.value >= last.value) return counted(sample.value - last.value);
  if (evidence === 'unknown' && sample.value < last.value / 2) return counted(sample.value);
  const { doubt } = last;
  if (doubt !== null && sample.value >= doubt.value) return counted(sample.value - doubt.value, doubt.atMs);
  return { memory: { ...last, doubt: sample }, increment: null };
}
