import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/gate/facts.ts';
import { decide } from '../../src/gate/gate.ts';
import { step } from '../../src/gate/step.ts';
import { formatDuration } from '../../src/lib/duration.ts';
import type { Change } from '../../src/release/log.ts';
import type { Release } from '../../src/release/release.ts';
import { aVerdict, breach, inPhase, phases, someFacts } from '../support/a-release.ts';

const stepped = (facts: Facts): Change<Release> => step(facts, decide(facts));
const baking = inPhase(phases.baking);
const young = inPhase({ ...phases.baking, bakedMs: 0 });

describe('a decision applied', () => {
  it("advance: the next step's weight is desired, nothing owed or waited for, one line with the numbers", () => {
    const owing = { ...baking, sight: { ...baking.sight, oweMs: 0 }, waiting: { ...phases.failed.cause } };
    const { release, log } = stepped(someFacts(owing));
    expect(release).toMatchObject({
      phase: { phase: 'shifting', step: 1 },
      weight: { desired: 50, applied: 25 },
      waiting: null,
    });
    expect(log).toMatchObject([{ kind: 'decision', reason: 'StepPassed', data: { decision: 'advance', desired: 25 } }]);
  });

  it('an advance that a person ordered ends what the step still owed for an outage', () => {
    const order = { who: 'ada', reason: 'seen', atMs: 0, step: 0 };
    const orders = { abort: null, promote: order, promoteFull: null, rollback: null };
    const { release } = stepped(someFacts({ ...young, orders, sight: { ...young.sight, oweMs: 60_000 } }));
    expect(release).toMatchObject({ phase: { step: 1 }, sight: { oweMs: 0 } });
  });

  it("rollback: latched, weight 0 desired, the rule's own numbers in the log", () => {
    const { release, log } = stepped(someFacts(baking, { verdicts: [breach({ canary: 0.05 })] }));
    expect(release).toMatchObject({
      phase: { phase: 'rollingBack', from: 25, cause: { reason: 'Breach', rule: 'error_rate' } },
      latch: { reason: 'Breach' },
      weight: { desired: 0 },
    });
    expect(log).toMatchObject([
      {
        kind: 'decision',
        reason: 'Breach',
        data: { decision: 'rollback', rule: 'error_rate', canary: 0.05, limit: 0.001 },
      },
    ]);
  });

  it('the same hold again is no change and no line; its time stays that of the first', () => {
    const first = stepped(someFacts(young));
    expect(first.log).toMatchObject([{ reason: 'StillBaking' }]);
    const again = stepped(someFacts(first.release, { nowMs: first.release.waiting!.atMs + 5_000 }));
    expect(again.log).toEqual([]);
    expect(again.release.waiting?.atMs).toBe(first.release.waiting?.atMs);
    const other = stepped(
      someFacts(first.release, { verdicts: [aVerdict({ kind: 'suspect', reason: 'EvidenceRising' })] }),
    );
    expect(other.log).toMatchObject([{ reason: 'EvidenceRising' }]);
  });

  it('a warning opens an investigation, once, in the same step', () => {
    const verdicts = [aVerdict(), breach({ rule: 'response_time_p95', alert: 'warning' })];
    const { release, log } = stepped(someFacts(baking, { verdicts }));
    expect(release.investigations).toMatchObject([{ rule: 'response_time_p95', state: 'open' }]);
    expect(log.map(({ reason }) => reason)).toEqual(['InvestigationOpened', 'InvestigationOpen']);
    const { answerWithinMs } = release.plan;
    const said = release.investigations[0]?.message;
    expect(log[0]?.message).toBe(
      `${said}. The weight is held; answer, resume or abort within ${formatDuration(answerWithinMs)}`,
    );
    expect(stepped(someFacts(release, { verdicts })).release.investigations).toHaveLength(1);
  });

  it('a rule within its limit but much worse than stable asks a person, too', () => {
    const verdicts = [aVerdict({ kind: 'suspect', outcome: 'hold', reason: 'WorseThanStable' })];
    expect(stepped(someFacts(baking, { verdicts })).release.investigations).toHaveLength(1);
  });

  it('a decision that the phase has no place for changes nothing', () => {
    const facts = someFacts(inPhase(phases.watching));
    const rise = { kind: 'advance', reason: 'StepPassed', message: '', rule: null } as const;
    expect(step(facts, rise)).toEqual({ release: facts.release, log: [] });
  });

  it('promote: stable becomes the new revision, the weight stays', () => {
    const { release, log } = stepped(someFacts(inPhase({ ...phases.baking, step: 2, bakedMs: 1_800_000 })));
    expect(release).toMatchObject({ phase: { phase: 'promoting', spentMs: 0 }, weight: { desired: 100 } });
    expect(log).toMatchObject([{ reason: 'PlanPassed', data: { decision: 'promote', rule: null } }]);
  });

  it('a hold that found something against the canary latches it with its numbers; a hold that did not, nothing', () => {
    const asked = { ...baking, plan: { ...baking.plan, rollback: 'ask' as const } };
    const { release } = stepped(someFacts(asked, { verdicts: [breach({ canary: 0.05 })] }));
    expect(release).toMatchObject({
      latch: { reason: 'Breach', rule: 'error_rate', data: { canary: 0.05 } },
      waiting: { reason: 'RollbackAwaitsOrder' },
    });
    expect(stepped(someFacts(young)).release.latch).toBeNull();
  });

  it('the first latch stays, whatever is found later', () => {
    const asked = { ...baking, plan: { ...baking.plan, rollback: 'ask' as const } };
    const first = stepped(someFacts(asked, { verdicts: [breach()] })).release;
    const later = stepped(someFacts(first, { verdicts: [breach({ message: 'worse' })], nowMs: 0 })).release;
    expect(later.latch).toEqual(first.latch);
    expect(stepped(someFacts({ ...first, latch: null })).release.latch).toBeNull();
  });

  it('the same reason for another rule is another hold', () => {
    const doubtOf = (rule: string) => [
      aVerdict({ rule, alert: 'warning', kind: 'suspect', outcome: 'hold', reason: 'EvidenceRising' }),
    ];
    const first = stepped(someFacts(baking, { verdicts: doubtOf('cpu_usage') }));
    const other = stepped(someFacts(first.release, { verdicts: doubtOf('memory_usage'), nowMs: 5 }));
    expect(other.log).toMatchObject([{ reason: 'EvidenceRising', data: { rule: 'memory_usage' } }]);
    expect(other.release.waiting?.atMs).toBe(5);
  });

  it("the numbers of a decision are those of the rule that it names, or the weights' alone", () => {
    const verdicts = [aVerdict({ canary: 0.5 }), breach({ rule: 'logins', canary: 0.25 })];
    expect(stepped(someFacts(baking, { verdicts })).log).toMatchObject([{ data: { rule: 'logins', canary: 0.25 } }]);
    expect(stepped(someFacts(young)).log[0]?.data).toEqual({
      decision: 'hold',
      phase: 'baking',
      desired: 25,
      applied: 25,
      observedPercent: 25,
      rule: null,
    });
  });

  it('an advance out of turn ends nothing that a step owes', () => {
    const shifting = inPhase(phases.shifting, { sight: { ...baking.sight, oweMs: 60_000 } });
    const rise = { kind: 'advance', reason: 'StepPassed', message: '', rule: null } as const;
    expect(step(someFacts(shifting), rise)).toEqual({ release: shifting, log: [] });
  });
});
