/** Waits for instances: each step's own, so that a slow first start does not make every later one slow when it is run again. */
import { expect, it } from 'vitest';
import type { LogData, LogEntry } from '../../../src/release/log.ts';
import { waitsOf } from '../../../src/tuning/recording/waits.ts';
import { runScenario } from '../../../src/tuning/run-scenario.ts';
import { scenariosOf } from '../scenarios-of.ts';

const startedAtMs = 1_000_000;

const decided = (atMs: number, reason: string, data: LogData = {}): LogEntry => ({
  atMs: startedAtMs + atMs,
  kind: 'decision',
  reason,
  message: '',
  data,
});

const advance = (atMs: number): LogEntry => decided(atMs, 'StepPassed', { decision: 'advance' });

const at = (weight: number, toMs: number) => ({ toMs, looks: 1, weight, sent: null, read: {} });

it('are read from the log: the first from the start, then what each step waited, or nothing', () => {
  const log = [
    decided(0, 'StartingInstances'),
    advance(2_100),
    decided(2_200, 'StillBaking'),
    advance(12_000),
    decided(12_100, 'StillBaking'),
    advance(34_000),
    decided(34_100, 'StartingInstances'),
    decided(34_700, 'WeightNotApplied'),
    decided(36_000, 'StillBaking'),
  ];
  expect(waitsOf({ log, startedAtMs, spans: [at(0, 1_000), at(25, 2_190)] })).toEqual([2_190, 0, 600]);
});

it('are none where no traffic came', () => {
  expect(waitsOf({ log: [decided(0, 'StartingInstances')], startedAtMs, spans: [at(0, 1_000)] })).toEqual([]);
});

const scenario = (readyAfter: string): string => `
rules: { inline: { error_rate: { threshold: 0.1%, window: 5m, alert: critical } } }
scenarios:
  - name: waits
    replicas: 4
    readyAfter: ${readyAfter}
    traffic: { rate: 1000/s, both: { errors: 0.01% } }
    outcome: promoted
`;

/** When each weight was there, in seconds. */
async function weightsOf(readyAfter: string): Promise<readonly (number | undefined)[]> {
  const [first] = await scenariosOf(scenario(readyAfter));
  if (first === undefined) throw new Error('no scenario');
  const { frames } = runScenario(first);
  return [25, 50, 100].map((weight) => {
    const frame = frames.find((each) => each.weight === weight);
    return frame === undefined ? undefined : frame.atMs / 1_000;
  });
}

it('of a list hold for their step, the last one for all further steps', async () => {
  const [, , atOnce] = await weightsOf('[90s, 0s, 0s]');
  const [first, second, third] = await weightsOf('[90s, 0s, 60s]');
  const [, slowSecond, slowThird] = await weightsOf('[90s, 30s]');
  expect(first).toBe(90);
  expect((third ?? 0) - (atOnce ?? 0)).toBe(60);
  expect((slowSecond ?? 0) - (second ?? 0)).toBe(30);
  expect((slowThird ?? 0) - (atOnce ?? 0)).toBe(60);
  expect(await weightsOf('90s')).toEqual(await weightsOf('[90s, 90s, 90s]'));
});
