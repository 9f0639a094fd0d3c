/** A question to a person waits by time that went by, whatever the wall clock says meanwhile. */
import { expect, it } from 'vitest';
import { elapse } from '../../src/release/elapse.ts';
import type { Investigation } from '../../src/release/release.ts';
import { afterSetBack } from '../../src/release/set-back.ts';
import { inPhase, phases, startMs } from '../support/a-release.ts';
import { minutes } from '../support/interventions.ts';

const asked: Investigation = {
  ...{ rule: 'response_time_p95', openedAtMs: startMs, spentMs: minutes(10), message: 'slow' },
  state: 'open',
  answer: null,
};
const release = inPhase(phases.baking, { updatedAtMs: startMs + minutes(10), investigations: [asked] });

const after = (jumpMs: number, elapsedMs: number) => {
  const nowMs = release.updatedAtMs + elapsedMs + jumpMs;
  const timed = afterSetBack(release, { nowMs, elapsedMs });
  const aged = elapse(timed.release, { nowMs, elapsedMs, intervalMs: minutes(2), sighted: true, source: 'main' });
  return { ...aged, escalations: aged.log.filter(({ reason }) => reason === 'InvestigationEscalated').length };
};

it.each([
  ['goes on', 0],
  ['is set back by an hour', -minutes(60)],
  ['is set forth by an hour', minutes(60)],
])('a wall clock that %s escalates nothing sooner or later', (_words, jumpMs) => {
  const soon = after(jumpMs, minutes(4));
  expect(soon.release.investigations).toMatchObject([{ state: 'open', spentMs: minutes(14) }]);
  expect(soon.escalations).toBe(0);
  const late = after(jumpMs, minutes(6));
  expect(late.release.investigations).toMatchObject([{ state: 'escalated', spentMs: minutes(16) }]);
  expect(late.escalations).toBe(1);
});
