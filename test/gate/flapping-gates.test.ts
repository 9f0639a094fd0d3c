/** Gates that go to and fro, and an Alertmanager that does not answer. */
import { expect, it } from 'vitest';
import { lookAtGates } from '../../src/gate/prerequisites.ts';
import { type CheckRun, checksOf } from '../../src/release/check-demand.ts';
import { gatesOf } from '../../src/release/gate-demand.ts';
import type { Release } from '../../src/release/release.ts';
import { aRelease, aVerdict, someFacts, startMs } from '../support/a-release.ts';

const { stable } = someFacts(aRelease());

it('one that flaps fills no log, and its state is always the last one seen', () => {
  const demand = { kind: 'stable', name: 'stable', overrideBy: [] } as const;
  let release: Release = aRelease({ gates: gatesOf([demand]), verdicts: [aVerdict()] });
  let lines = 0;
  for (let n = 0; n < 120; n += 1) {
    const ready = n % 2;
    const looked = lookAtGates(release, { nowMs: startMs + n * 1_000, attested: [], stable: { ...stable, ready } });
    release = looked.release;
    lines += looked.log.length;
    expect(release.gates[0]?.seen.state).toBe(ready === 0 ? 'failed' : 'passed');
  }
  expect(lines).toBeLessThanOrEqual(8);
});

it('monitoring waits for the Alertmanager that the checks ask, and fails while it can not be asked', () => {
  const demand = { name: 'alerts', kind: 'alertmanager', stages: [], onFail: 'hold', everyMs: 15_000 } as const;
  const [check] = checksOf([{ ...demand, failures: 1, survives: true, isGate: false, overrideBy: [] }]);
  const run: CheckRun = {
    ...{ place: 'always', attempt: 1, state: 'pending', message: 'it is away', failedInARow: 0, override: null },
    ...{ sinceMs: startMs, askedAtMs: startMs, answeredAtMs: startMs, tookMs: 1 },
  };
  const seen = (runs: readonly CheckRun[]) => {
    const gates = gatesOf([{ kind: 'monitoring', name: 'monitoring', overrideBy: [] }]);
    const sight = { ...aRelease().sight, source: 'main' };
    const release = aRelease({ gates, sight, verdicts: [aVerdict()], checks: [{ demand: check!.demand, runs }] });
    return lookAtGates(release, { nowMs: startMs, attested: [], stable }).release.gates[0]?.seen.state;
  };
  expect(seen([])).toBe('waiting');
  expect(seen([{ ...run, answeredAtMs: null }])).toBe('waiting');
  expect(seen([run])).toBe('failed');
  expect(seen([{ ...run, state: 'failed' }])).toBe('passed');
  expect(seen([{ ...run, state: 'passed' }])).toBe('passed');
});
