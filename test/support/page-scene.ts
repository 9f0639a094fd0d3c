/** Releases as a page is looked at with: one in a bake, one before its gates, one that waits for a person, one rolled back, one that stayed; with logs and looks. */
import { gatesOf } from '../../src/release/gate-demand.ts';
import type { LogEntry } from '../../src/release/log.ts';
import type { Release } from '../../src/release/release.ts';
import { counted, span } from './journal-spans.ts';
import type { MemoryControls } from './memory-controls.ts';
import { bakingRelease, rolledBackRelease, sampleRelease, startedAtMs } from './sample-release.ts';

/** All their times are moved so that the run began this long ago. */
export const agoMs = 20 * 60_000;

const dayMs = 86_400_000;

/** Ids of what is there. */
export const scene = {
  baking: 'app-3f2a',
  gated: 'app-5c0e',
  waiting: 'app-77aa',
  back: 'app-91bc',
  stayed: 'app-0d11',
} as const;

export async function setScene(controls: MemoryControls, nowMs: number = Date.now()): Promise<void> {
  const moved = mover(nowMs - agoMs - startedAtMs);
  const yesterday = mover(nowMs - agoMs - dayMs - startedAtMs);
  await put(controls, yesterday(stayedRelease()), yesterday([...wholeStory, promoted]));
  await recordTrend(controls);
  await put(controls, moved({ ...rolledBackRelease(), id: scene.back, revision: 'v1.8.3' }), moved(wholeStory));
  await put(controls, moved(waitingRelease()), moved(wholeStory));
  await controls.put(moved(gatedRelease()), moved(wholeStory.slice(0, 1)));
  await put(controls, moved(bakingRelease()), moved(wholeStory));
}

const put = async (controls: MemoryControls, release: Release, log: readonly LogEntry[]): Promise<void> => {
  await controls.put(release, log);
  for (let look = 1; look <= 80; look += 1) {
    const [weight, sent] =
      look > 40 ? [50, [500 * look, 510 * look] as const] : [25, [250 * look, 760 * look] as const];
    const read = { error_rate: counted(250, look % 7 === 0 ? 1 : 0), response_time_p95: counted(250, look % 9) };
    const noted = await controls.store.note(release.id, span(look, { weight, sent, read }));
    if (!noted.ok) throw new Error(noted.error.message);
  }
};

/** What a day of looks after the promotion shows: errors come and go, slow answers become more. */
const recordTrend = async ({ store }: MemoryControls): Promise<void> => {
  for (let look = 0; look < 92; look += 1) {
    const read = {
      error_rate: counted(10_000, (look * 7) % 5),
      response_time_p95: counted(10_000, 80 + 3 * look + ((look * 13) % 40)),
    };
    const noted = await store.note(
      scene.stayed,
      span(80 + 60 * (look + 1), { weight: 0, sent: null, read, trend: true }),
    );
    if (!noted.ok) throw new Error(noted.error.message);
  }
};

/** Every number that is a time of the sample releases, however deep, is moved. */
const mover =
  (byMs: number) =>
  <T>(value: T): T => {
    if (typeof value === 'number') return (value >= startedAtMs ? value + byMs : value) as T;
    if (Array.isArray(value)) return value.map(mover(byMs)) as T;
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mover(byMs)(each)])) as T;
  };

const stayedRelease = (): Release =>
  bakingRelease({
    id: scene.stayed,
    revision: 'v1.8.2',
    stableRevision: 'v1.8.1',
    phase: { phase: 'succeeded', endedAtMs: startedAtMs + 1_150_000 },
  });

/** Of its gates one has passed, one failed and one is gone without; of its approvals one is given. */
const gatedRelease = (): Release => {
  const [tests, audit, contact] = gatesOf([
    { kind: 'attested', name: 'tests', by: [], overrideBy: [], require: [] },
    { kind: 'attested', name: 'audit', by: [], overrideBy: ['eve'], require: [] },
    { kind: 'onCall', name: 'contact', overrideBy: [], contacts: [] },
  ]);
  const atMs = startedAtMs + 600_000;
  const given = { who: 'ann', reason: 'read it', atMs };
  const seen = { who: 'ci', todo: '' } as const;
  if (tests === undefined || audit === undefined || contact === undefined) throw new Error('a gate is missing');
  return sampleRelease({
    id: scene.gated,
    revision: 'v1.9.0-rc.2',
    waiting: { reason: 'GateFailed', message: 'gate audit failed: it says fail', rule: null, atMs, data: {} },
    approvals: [
      { name: 'qa', by: [], expiresMs: null, given },
      { name: 'product', by: ['eve', 'bob'], expiresMs: null, given: null },
    ],
    gates: [
      { ...tests, sinceMs: atMs, seen: { ...seen, state: 'passed', evidence: 'pass, posted by ci: coverage 83.5' } },
      {
        ...audit,
        sinceMs: atMs,
        seen: {
          ...seen,
          state: 'failed',
          evidence: 'it says fail; posted by ci: high 2',
          todo: 'mend it and post one with `sluice attest app audit --revision v1.9.0-rc.2 --pass`',
        },
      },
      { ...contact, sinceMs: atMs, override: { who: 'ann', reason: 'I stay', atMs } },
    ],
  });
};

const waitingRelease = (): Release =>
  bakingRelease({
    id: scene.waiting,
    revision: 'v1.9.0-rc.1',
    pauses: [{ by: 'person', who: 'ann', reason: 'the big sale', sinceMs: startedAtMs + 900_000 }],
    waiting: {
      reason: 'Paused',
      message: 'paused by ann: the big sale',
      rule: null,
      atMs: startedAtMs + 900_000,
      data: {},
    },
  });

const entry = (afterMs: number, words: Omit<LogEntry, 'atMs' | 'data'>, data: LogEntry['data'] = {}): LogEntry => ({
  atMs: startedAtMs + afterMs,
  ...words,
  data,
});

const promoted = entry(1_000_000, { kind: 'event', reason: 'Promoted', message: 'v1.8.2 is stable' });

const wholeStory: readonly LogEntry[] = [
  entry(0, { kind: 'action', reason: 'Started', message: 'ann@laptop starts v1.9.0' }),
  entry(8_000, { kind: 'decision', reason: 'Advance', message: 'the canary is ready: 25 %' }, { decision: 'advance' }),
  entry(8_400, { kind: 'write', reason: 'WeightApplied', message: '25 % read back' }, { found: 25 }),
  entry(14_000, { kind: 'event', reason: 'WeightVerified', message: '25 % verified: 24.8 % of 400 requests' }),
  entry(
    600_000,
    { kind: 'decision', reason: 'Advance', message: 'step 1 passed (2 rules): 50 %' },
    { decision: 'advance' },
  ),
  entry(600_300, { kind: 'write', reason: 'WeightApplied', message: '50 % read back' }, { found: 50 }),
  entry(606_000, { kind: 'event', reason: 'WeightVerified', message: '50 % verified: 49.2 % of 12,400 requests' }),
];
