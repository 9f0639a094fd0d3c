import { expect, it } from 'vitest';
import { ControlRoom } from '../support/control-room.ts';
import { must } from '../support/proxy.ts';

it('a policy’s rules are shown in words, with what they can tell at the traffic of now', async () => {
  const room = await ControlRoom.open();
  room.perSecond = 40;
  const shown = must(await room.controls.rules('app'));
  expect(shown).toMatchObject({ policy: 'app', state: 'good', problem: null, planProblem: null });
  expect(shown.rules[0]).toMatchObject({ name: 'error_rate', alert: 'critical', threshold: '0.1%' });
  expect(shown.rules[0]?.says.convicts[0]).not.toBe('');
  expect(shown.plan).toMatchObject({ trafficFrom: 'now' });
  const planned = shown.plan?.rules.find(({ rule }) => rule === 'error_rate');
  expect(planned).toMatchObject({ kind: 'planned', head: expect.stringContaining('40 requests/s') });
  expect(planned?.kind === 'planned' && planned.steps.length).toBe(3);
});

it('without traffic it says why there is no plan, and a broken file leaves the last good set shown', async () => {
  const room = await ControlRoom.open();
  room.problem = 'rules.yaml is broken';
  const shown = must(await room.controls.rules('app'));
  expect(shown).toMatchObject({ state: 'broken', problem: 'rules.yaml is broken', plan: null });
  expect(shown.planProblem).toContain('sluice rules plan --rate');
  expect(shown.rules.length).toBeGreaterThan(0);
  expect(await room.controls.rules('nobody')).toMatchObject({ ok: false, error: { reason: 'NotFound' } });
});
