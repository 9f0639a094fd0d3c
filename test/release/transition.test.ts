import { describe, expect, it } from 'vitest';
import { phaseNames } from '../../src/release/phase.ts';
import { type Event, transition, transitions } from '../../src/release/transition.ts';
import { aCause, inPhase, phases, startMs } from '../support/a-release.ts';

const verified = { by: 'requests', observedPercent: 25, requests: 1_000 } as const;

const events: { readonly [K in Event['kind']]: Event & { readonly kind: K } } = {
  advance: { kind: 'advance' },
  verified: { kind: 'verified', verified },
  lost: { kind: 'lost' },
  restart: { kind: 'restart' },
  promote: { kind: 'promote' },
  promoted: { kind: 'promoted' },
  watched: { kind: 'watched', atMs: startMs },
  rollback: { kind: 'rollback', cause: aCause },
  emptied: { kind: 'emptied', atMs: startMs },
  withdrawn: { kind: 'withdrawn', atMs: startMs },
  driven: { kind: 'driven', atMs: startMs },
};

const cells = phaseNames.flatMap((phase) => Object.values(events).map((event) => [phase, event.kind, event] as const));

describe('transitions', () => {
  it.each(cells)('%s, %s: leads where the table says, and nowhere else', (name, kind, event) => {
    const next = transition(inPhase(phases[name]), event);
    expect(next?.phase ?? null).toBe(transitions[name][kind]);
  });

  it('every running phase can be taken back, and none that is over changes any more', () => {
    const running = phaseNames.filter((name) => transitions[name].rollback !== null);
    expect(running).toEqual(['preparing', 'shifting', 'baking', 'promoting', 'watching']);
    for (const name of ['succeeded', 'rolledBack', 'failed'] as const) {
      expect(Object.values(transitions[name]).filter((to) => to !== null)).toEqual([]);
    }
  });

  it('a bake survives a data plane that lost its weights: what was earned counts on', () => {
    const lost = transition(inPhase(phases.baking), events.lost);
    expect(lost).toMatchObject({ phase: 'shifting', step: 0, bakedMs: 600_000 });
    expect(transition(inPhase(lost!), events.verified)).toMatchObject({ phase: 'baking', step: 0, bakedMs: 600_000 });
  });

  it('a next step starts its bake anew', () => {
    expect(transition(inPhase(phases.baking), events.advance)).toMatchObject({ step: 1, bakedMs: 0 });
  });

  it.each([
    ['baking', false],
    ['promoting', true],
    ['watching', true],
  ] as const)('taken back from %s: the revision before becomes stable again: %s', (name, undo) => {
    expect(transition(inPhase(phases[name]), events.rollback)).toMatchObject({ undo, cause: aCause, zeroAtMs: null });
  });
});
