import { expect, test } from 'vitest';
import { failed, ok } from '../../src/lib/result.ts';
import { afterProbe, type Probed, type Readiness, starting } from '../../src/workload/readiness.ts';

const pass: Probed = ok(undefined);
const fail: Probed = failed('connection refused');

function after(...probes: readonly Probed[]): Readiness {
  return probes.reduce(afterProbe, starting);
}

test('starts until the first probe passes, with the reason at hand', () => {
  expect(after(fail, fail, fail, fail)).toEqual({ state: 'starting', failures: 4, message: 'connection refused' });
  expect(after(fail, pass)).toEqual({ state: 'ready', failures: 0, message: '' });
});

test('two failed probes leave it ready, the third makes it unready', () => {
  expect(after(pass, fail, fail).state).toBe('ready');
  expect(after(pass, fail, fail, fail)).toEqual({ state: 'unready', failures: 3, message: 'connection refused' });
});

test('failures count in a row only, and one passed probe heals', () => {
  expect(after(pass, fail, fail, pass, fail, fail).state).toBe('ready');
  expect(after(pass, fail, fail, fail, pass).state).toBe('ready');
});
