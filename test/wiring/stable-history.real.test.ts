/** What a start learns of a service from a real Prometheus, against the truth of the history's making. */
import { expect, it } from 'vitest';
import { knownOf } from '../../src/gate/known.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { prometheusHistory } from '../../src/metrics/prometheus-history.ts';
import { openMemoryStore } from '../../src/release/memory.ts';
import { defaultJudgeSettings } from '../../src/verdict/settings.ts';
import { type HistoryPorts, stableHistory } from '../../src/wiring/stable-history.ts';
import { serveHistory } from '../support/history.ts';
import { type HistoryPlan, historyPlan } from '../support/history-plan.ts';
import { MemoryWorld } from '../support/memory-world.ts';
import { needs } from '../support/needs.ts';
import { errorRate, latency } from '../support/sample-release.ts';

const rules = { rules: [errorRate, latency], hash: '', file: 'rules.yaml' };
const state = { policy: 'app', stable: 'v1.0.0', previous: null, frozen: [], attested: [], revisions: {}, version: 1 };
const spec = { kind: 'endpoints', urls: ['http://127.0.0.1:9'], healthPath: null } as const;

const portsOf = async (url: string, intervalMs = 60_000): Promise<HistoryPorts> => {
  const store = openMemoryStore();
  if (!store.ok) throw new Error(store.error.message);
  const options = { policy: 'app', store: store.value, clock: systemClock, rules };
  const world = new MemoryWorld({ ...options, intervalMs: 100, perSecond: 100, compression: 1 });
  await world.settle('v1.0.0');
  const history = prometheusHistory({ name: 'main', url, timeoutMs: 5_000 });
  return { ...world.ports, history, intervalMs, labels: { version: '$revision' } };
};

const learned = async (plan: Partial<HistoryPlan>, askedMs?: number) => {
  const { url } = await serveHistory(historyPlan(plan));
  const ports = await portsOf(url, askedMs);
  const histories = await stableHistory(ports, rules, { ...state, revisions: { 'v1.0.0': spec } });
  const judge = { ...defaultJudgeSettings, rules: 2 };
  return { histories, ...knownOf({ rules: rules.rules, judge, histories, step: null, traffic: null }) };
};

it.runIf(needs(['prometheus', 'promtool']))(
  'errors that come together have the dispersion that they were made with',
  async () => {
    const { histories, dispersion, notes } = await learned({ errorsTogether: 3 });
    expect(notes).toEqual([]);
    const history = histories['error_rate'];
    if (history?.ok !== true) throw new Error('no history');
    const sum = (of: 'bad' | 'events') => history.value.bins.reduce((all, bin) => all + bin[of], 0);
    expect(sum('bad') / sum('events')).toBeCloseTo(0.0005, 4);
    expect(dispersion['error_rate']).toMatchObject({ from: 'history', changePoint: 'in-time' });
    expect(dispersion['error_rate']?.phi).toBeGreaterThan(4);
    expect(dispersion['error_rate']?.phi).toBeLessThan(6.5);
    expect(dispersion['response_time_p95']?.from).toBe('history');
  },
);

it.runIf(needs(['prometheus', 'promtool']))(
  'a server that scrapes once a minute is understood, however often it is asked',
  async () => {
    const { histories, dispersion, notes } = await learned({ errorsTogether: 3 }, 5_000);
    expect(notes).toEqual([]);
    const history = histories['error_rate'];
    expect(history?.ok === true && history.value.bins.length).toBeGreaterThan(4_000);
    expect(dispersion['error_rate']).toMatchObject({ from: 'history' });
  },
);

it.runIf(needs(['prometheus', 'promtool']))('a limit below what the service runs at is found', async () => {
  const { notes } = await learned({ errorRatio: 0.003 });
  expect(notes).toMatchObject([{ reason: 'ThresholdBelowBaseline', rule: 'error_rate' }]);
});

it('a source that is away delays nobody for longer than it may, and is said to be the reason', async () => {
  const ports = await portsOf('http://127.0.0.1:9');
  const never = { name: 'main', samples: () => hangs(), steps: () => hangs() };
  const histories = await stableHistory({ ...ports, history: never, withinMs: 50 }, rules, {
    ...state,
    revisions: { 'v1.0.0': spec },
  });
  expect(histories['error_rate']).toEqual({ ok: false, error: 'its history was not read within 0.05 s' });
});

it('a source without a memory has no history', async () => {
  const histories = await stableHistory({ ...(await portsOf('http://127.0.0.1:9')), history: null }, rules, state);
  expect(histories['error_rate']).toEqual({ ok: false, error: 'the metric source has no history' });
});

async function* hangs() {
  await new Promise(() => {});
  yield { ok: false, error: { reason: 'Timeout', message: '', readToMs: 0 } } as const;
}
