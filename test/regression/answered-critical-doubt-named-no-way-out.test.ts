/** After "resume" a critical rule that was worse than stable went on holding, and no sentence said what else to do. */
import { expect, it } from 'vitest';
import { decide } from '../../src/gate/gate.ts';
import { aVerdict, inPhase, phases, someFacts, startMs } from '../support/a-release.ts';

const doubt = aVerdict({ kind: 'suspect', outcome: 'hold', reason: 'WorseThanStable' });

it('says that a promote with a reason goes on, and it does', () => {
  const answer = { who: 'ada', note: '', atMs: startMs };
  const asked = { rule: doubt.rule, openedAtMs: startMs, spentMs: 0, message: '', state: 'answered', answer } as const;
  const release = inPhase(phases.baking, { investigations: [asked] });
  const held = decide(someFacts(release, { verdicts: [doubt] }));
  expect(held).toMatchObject({ kind: 'hold', reason: 'WorseThanStable', rule: doubt.rule });
  expect(held.message).toContain('promote with a reason');
  const promote = { who: 'ada', reason: 'known and accepted', atMs: startMs, step: 0 };
  const ordered = { ...release, orders: { ...release.orders, promote } };
  expect(decide(someFacts(ordered, { verdicts: [doubt] })).kind).toBe('advance');
});
