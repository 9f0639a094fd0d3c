import { describe, expect, it } from 'vitest';
import { type Command, type CommandKind, command } from '../../src/release/command.ts';
import type { Investigation, Release } from '../../src/release/release.ts';
import { supersede } from '../../src/release/supersede.ts';
import { value } from '../contract/store.ts';
import { aCause, inPhase, phases, startMs } from '../support/a-release.ts';

const given = (kind: CommandKind, more: Partial<Command> = {}): Command => ({
  kind,
  revision: 'v2',
  who: 'ada',
  reason: 'because',
  atMs: startMs,
  ...more,
});
const baking = inPhase(phases.baking);
const open: Investigation = {
  rule: 'p95',
  openedAtMs: 0,
  spentMs: 0,
  message: 'slow',
  state: 'escalated',
  answer: null,
};
const after = (release: Release, kind: CommandKind, more: Partial<Command> = {}): Release =>
  value(command(release, given(kind, more))).release;
const refusal = (release: Release, kind: CommandKind, more: Partial<Command> = {}): string => {
  const answer = command(release, given(kind, more));
  return answer.ok ? 'done' : answer.error.reason;
};

const kinds = ['pause', 'resume', 'answer', 'note', 'promote', 'promoteFull', 'abort', 'rollback'] as const;
/** Something for every command to act on. */
const ripe: Release = { ...baking, latch: aCause, investigations: [open], weight: { ...baking.weight, ceiling: 10 } };

describe('every command', () => {
  it.each(kinds)('%s is refused for another revision, which somebody may have looked at', (kind) => {
    expect(refusal(ripe, kind, { revision: 'v1' })).toBe('RevisionMismatch');
  });

  it.each(kinds)('%s is refused when the release is over', (kind) => {
    for (const phase of [phases.succeeded, phases.rolledBack, phases.failed]) {
      expect(refusal(inPhase(phase), kind)).toBe('ReleaseEnded');
    }
  });

  it.each(kinds)('%s twice has the effect of once, and is logged once with who and why', (kind) => {
    const once = value(command(ripe, given(kind)));
    expect(once.release).not.toEqual(ripe);
    expect(once.log).toMatchObject([{ kind: 'action', data: { who: 'ada', reason: 'because' } }]);
    const twice = value(command(once.release, given(kind, { atMs: startMs + 5_000 })));
    expect(twice).toEqual({ release: once.release, log: [] });
  });
});

describe('resume', () => {
  it("lifts a person's pause and a lowered weight, and answers what is open; blindness lifts itself", () => {
    const blind = { by: 'blind', who: 'prometheus', reason: '', sinceMs: startMs } as const;
    const paused = { ...after(ripe, 'pause'), pauses: [...after(ripe, 'pause').pauses, blind] };
    const resumed = after(paused, 'resume');
    expect(resumed.pauses).toEqual([blind]);
    expect(resumed.weight.ceiling).toBeNull();
    expect(resumed.investigations).toMatchObject([{ state: 'answered', answer: { who: 'ada', note: 'because' } }]);
    expect(resumed.latch).toEqual(aCause);
  });

  it("answer takes one rule's word only", () => {
    const two = { ...ripe, investigations: [open, { ...open, rule: 'cpu' }] };
    const states = after(two, 'answer', { rule: 'cpu' }).investigations.map(({ state }) => state);
    expect(states).toEqual(['escalated', 'answered']);
    expect(refusal(two, 'answer', { rule: 'disk' })).toBe('NoInvestigation');
  });
});

describe('promote', () => {
  it('stands for the step it was given at; a late one for a step that is past changes nothing', () => {
    const ordered = after(baking, 'promote', { step: 0 });
    expect(ordered.orders.promote).toMatchObject({ step: 0, who: 'ada' });
    const next = { ...ordered, phase: { ...phases.baking, step: 1 } };
    expect(after(next, 'promote', { step: 0 })).toBe(next);
    expect(after(next, 'promote', { step: 1 }).orders.promote).toMatchObject({ step: 1 });
  });

  it('has nothing to do once the weight no longer rises', () => {
    for (const phase of [phases.promoting, phases.watching, phases.rollingBack]) {
      expect(refusal(inPhase(phase), 'promote')).toBe('NothingToPromote');
    }
  });

  it('--full wants a reason', () => {
    expect(refusal(baking, 'promoteFull', { reason: ' ' })).toBe('ReasonMissing');
  });
});

describe('abort and rollback', () => {
  it('an abort of what goes back already is done', () => {
    const back = inPhase(phases.rollingBack);
    expect(command(back, given('abort'))).toEqual({ ok: true, value: { release: back, log: [] } });
  });

  it('a rollback can be approved only where one waits', () => {
    expect(refusal(baking, 'rollback')).toBe('NoRollbackWaits');
    expect(after(ripe, 'rollback').orders.rollback).toMatchObject({ who: 'ada' });
  });
});

describe('supersede', () => {
  const successor = { revision: 'v3', who: 'ada', nowMs: startMs };

  it('names the newest successor, once', () => {
    const { release, log } = supersede(baking, successor);
    expect(release.supersededBy).toBe('v3');
    expect(log).toMatchObject([{ reason: 'SupersedeOrdered', data: { successor: 'v3', who: 'ada' } }]);
    expect(supersede(release, successor)).toEqual({ release, log: [] });
    expect(supersede(release, { ...successor, revision: 'v4' }).release.supersededBy).toBe('v4');
  });

  it('a release does not make way for itself, nor when it is over', () => {
    expect(supersede(baking, { ...successor, revision: 'v2' }).release).toBe(baking);
    const over = inPhase(phases.rolledBack);
    expect(supersede(over, successor).release).toBe(over);
  });
});
