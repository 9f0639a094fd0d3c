/** What the loop tells arrives where people look: metrics, log, live events, notices. */
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { ok } from '../../src/lib/result.ts';
import { NoticeDesk } from '../../src/notify/desk.ts';
import { createLogNotifier } from '../../src/notify/log-notifier.ts';
import type { Happening } from '../../src/reconcile/happening.ts';
import type { JournalSpan } from '../../src/release/journal-span.ts';
import type { ControlEvent } from '../../src/server/controls.ts';
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts';
import { broadcast } from '../../src/wiring/broadcast.ts';
import { hear } from '../../src/wiring/hear.ts';
import { type LogLine, logLines } from '../support/log-lines.ts';
import { bakingRelease } from '../support/sample-release.ts';

let metrics: Metrics;
let lines: readonly LogLine[];
let events: ControlEvent[];
let kept: [string, JournalSpan][];
let heard: (happening: Happening) => void;

beforeEach(() => {
  const { log, lines: written } = logLines();
  metrics = createMetrics({ version: 'test', releases: async () => ok([]) });
  lines = written;
  events = [];
  kept = [];
  const live = broadcast<ControlEvent>(() => {});
  live.listen((event) => void events.push(event));
  const ada = { name: 'ada', email: null, phone: '112', target: null };
  const contacts = { primary: [ada], secondary: [], vendors: [] };
  const desk = new NoticeDesk({
    audienceOf: () => ({
      notifiers: [createLogNotifier(log)],
      contacts,
      links: { page: null, dashboard: null, runbook: null },
    }),
    nowMs: () => performance.now(),
  });
  onTestFinished(() => desk.stop());
  heard = (happening) =>
    hear(happening, { metrics, log, events: live, desk, keep: (id, look) => void kept.push([id, look]) });
});

const release = bakingRelease();

describe('a release that was saved', () => {
  it('is a live event, and each of its new lines is one, and is in the log with its data', () => {
    const log = [
      { atMs: 7, kind: 'event', reason: 'StepStarted', message: 'step 2 started', data: { step: 1 } },
      { atMs: 7, kind: 'event', reason: 'Paused', message: 'ada paused it', data: {} },
    ] as const;
    heard({ kind: 'saved', release, log, look: null });
    expect(events).toEqual([
      { kind: 'release', release },
      { kind: 'log', release, entry: log[0] },
      { kind: 'log', release, entry: log[1] },
    ]);
    const about = { level: 'info', release: release.id, policy: 'app', msg: 'release log' };
    expect(lines.slice(0, 2)).toMatchObject([
      { ...about, reason: 'StepStarted', said: 'step 2 started', step: 1 },
      { ...about, reason: 'Paused', said: 'ada paused it' },
    ]);
  });

  it('is kept with what was read for it, if anything was', () => {
    const look: JournalSpan = { toMs: 15_000, looks: 1, weight: 25, sent: null, read: {} };
    heard({ kind: 'saved', release, log: [], look: null });
    heard({ kind: 'saved', release, log: [], look });
    expect(kept).toEqual([[release.id, look]]);
  });

  it('calls whom its policy names when it needs a person', () => {
    const line = {
      atMs: 7,
      kind: 'event',
      reason: 'InvestigationEscalated',
      message: 'p95 is slow',
      data: {},
    } as const;
    heard({ kind: 'saved', release, log: [line], look: null });
    expect(lines.at(-1)).toMatchObject({ urgency: 'page', reason: 'InvestigationEscalated', contacts: ['ada, 112'] });
  });
});

describe('a write to the router', () => {
  it.each([
    ['ok', 0],
    // Somebody else was faster: the next look decides anew, nobody needs to know.
    ['Conflict', 0],
    ['Unknown', 1],
    ['Fenced', 1],
  ])('%s is counted; lines in the log: %d', async (outcome, warnings) => {
    heard({ kind: 'wrote', policy: 'app', outcome, message: 'weight 25 %' });
    expect(await metrics.text()).toContain(`sluice_router_writes_total{outcome="${outcome}"} 1`);
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual(
      Array.from({ length: warnings }, () => ['warn', 'router write failed']),
    );
  });
});

describe('a look at a release', () => {
  it('is timed', async () => {
    heard({ kind: 'reconciled', release: release.id, tookMs: 20 });
    expect(await metrics.text()).toMatch(/sluice_reconcile_seconds_sum 0\.02/);
  });

  it('that failed is counted for its policy and logged with the reason', async () => {
    heard({ kind: 'troubled', release: release.id, policy: 'app', reason: 'DiskFull', message: 'free some space' });
    expect(await metrics.text()).toMatch(/sluice_reconcile_errors_total\{policy="app"\} 1/);
    expect(lines).toMatchObject([{ level: 'warn', policy: 'app', reason: 'DiskFull', msg: 'release is held' }]);
  });
});
