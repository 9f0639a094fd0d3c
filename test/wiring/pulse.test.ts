import { expect, it } from 'vitest';
import { Pulse } from '../../src/wiring/pulse.ts';

const pulseAt = (policies: readonly string[]) => {
  const now = { ms: 1_000 };
  return { now, pulse: new Pulse({ wallMs: () => 0, monotonicMs: () => now.ms }, policies) };
};

it('is alive for 15 s after each beat, and says how long ago that was', () => {
  const { now, pulse } = pulseAt([]);
  now.ms += 14_999;
  expect(pulse.alive()).toEqual({ ok: true, ageMs: 14_999 });
  now.ms += 1;
  expect(pulse.alive()).toEqual({ ok: false, ageMs: 15_000 });
  pulse.beat();
  expect(pulse.alive()).toEqual({ ok: true, ageMs: 0 });
});

it('is ready once every policy was looked at and misses nothing', () => {
  const { pulse } = pulseAt(['app', 'shop']);
  expect(pulse.ready()).toEqual({ ok: false, missing: ['app: not looked at yet', 'shop: not looked at yet'] });
  pulse.missing('app', []);
  pulse.missing('shop', ['no instance of v1 is ready yet', 'rules.yaml is broken']);
  expect(pulse.ready()).toEqual({
    ok: false,
    missing: ['shop: no instance of v1 is ready yet', 'shop: rules.yaml is broken'],
  });
  pulse.missing('shop', []);
  expect(pulse.ready()).toEqual({ ok: true, missing: [] });
});
