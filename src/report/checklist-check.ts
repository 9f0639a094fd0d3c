/** A check in the checklist: what it said last, and what a person may order about it. */
import { type CheckRun, isSettled, type ReleaseCheck } from '../release/check-demand.ts';
import { isOver } from '../release/phase.ts';
import type { Release } from '../release/release.ts';
import type { ChecklistItem } from './checklist-item.ts';
import type { ChecklistOffer } from './checklist-offers.ts';

/** What a later step asks is nothing that anybody waits for now. */
export const isShown = ({ demand, runs }: ReleaseCheck): boolean =>
  runs.length > 0 || demand.stages.length === 0 || demand.stages.includes('beforeTraffic');

export function checkItem(release: Release, { demand, runs }: ReleaseCheck): ChecklistItem {
  const base = {
    kind: demand.isGate ? 'gate' : 'check',
    name: demand.name,
    tookMs: runs.at(-1)?.tookMs ?? null,
  } as const;
  const run = runs.at(-1);
  if (run === undefined) return { ...base, ...unasked(demand.stages) };
  const { override, sinceMs, state } = run;
  const offers = offersOf(release, demand, run);
  if (override !== null && state !== 'passed') {
    const evidence = `overridden by ${override.who}: ${override.reason} (${run.message})`;
    return { ...base, state: 'overridden', evidence, who: override.who, atMs: override.atMs, todo: null, offers };
  }
  return {
    ...base,
    state: state === 'pending' ? 'waiting' : state,
    evidence: evidenceOf(run),
    who: null,
    atMs: sinceMs,
    todo: state === 'failed' && offers.length > 0 ? 'mend it: it is asked again; or `override` it with a reason' : null,
    offers,
  };
}

const unasked = (stages: readonly string[]): Omit<ChecklistItem, 'kind' | 'name' | 'tookMs'> => ({
  state: 'waiting',
  evidence: stages.length === 0 ? 'not asked yet' : `not asked yet; due ${stages.join(', ')}`,
  who: null,
  atMs: null,
  todo: null,
  offers: [],
});

function evidenceOf({ failedInARow, message, place, state }: CheckRun): string {
  const stage = place.replace('/', ' ');
  const where = place === 'always' ? '' : `${stage}: `;
  const bad = state === 'passed' && failedInARow > 0 ? `, ${failedInARow} bad in a row` : '';
  return `${where}${message}${bad}`;
}

function offersOf(
  release: Release,
  { name, onFail, overrideBy }: ReleaseCheck['demand'],
  run: CheckRun,
): readonly ChecklistOffer[] {
  if (isOver(release) || release.phase.phase === 'rollingBack' || isSettled(run) || onFail === 'record') return [];
  return [
    {
      name: 'override',
      does: `Lets ${release.revision} go on without the check "${name}" this time, in your name: your reason stands in the log and the report.`,
      reasonNeeded: true,
      action: 'override',
      body: { gate: name },
      values: [],
      by: overrideBy,
    },
  ];
}
