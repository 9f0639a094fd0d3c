/** A release of the loop, recorded and run again: the same decisions at about the same times, and others by other rules. */
import { describe, expect, it } from 'vitest';
import { maxFileBytes } from '../../../src/lib/config-file/source-text.ts';
import { mergePairs } from '../../../src/release/journal-merge.ts';
import type { Brief, JournalSpan } from '../../../src/release/journal-span.ts';
import type { LogEntry } from '../../../src/release/log.ts';
import type { Recording } from '../../../src/release/recording.ts';
import { seeded } from '../../../src/tuning/random.ts';
import { scenarioText } from '../../../src/tuning/recording/scenario-text.ts';
import { must } from '../../support/proxy.ts';
import { recordingOfLoop } from '../../support/recording-of.ts';
import { scenariosOf } from '../scenarios-of.ts';
import { begun, minutes, replay, tickMs } from './replayed.ts';

const endedAt = ({ phase, startedAtMs }: Recording): number =>
  'cause' in phase ? phase.cause.atMs - startedAtMs : Number.NaN;

describe('a recorded release', () => {
  it('that failed from its start is taken back again, by the same rule, at about the same time', async () => {
    const loop = await begun();
    loop.world.errorRate['v2'] = 0.05;
    expect((await loop.ticks(40, tickMs)).phase.phase).toBe('rolledBack');
    const recording = await recordingOfLoop(loop);
    const { differences, run } = await replay(recording);
    expect(differences).toEqual([]);
    expect(run.outcome).toMatchObject({ is: 'rolledBack', reason: 'Breach', rule: 'error_rate' });
    expect(Math.abs(run.outcome.atMs - endedAt(recording))).toBeLessThanOrEqual(tickMs);
  });

  it('that failed at 50 % did so from there; other rules show what they would have done', async () => {
    const loop = await begun();
    await loop.ticks(28, tickMs);
    expect(await loop.world.weight()).toBe(50);
    loop.world.errorRate['v2'] = 0.03;
    expect((await loop.ticks(30, tickMs)).phase.phase).toBe('rolledBack');
    const recording = await recordingOfLoop(loop);
    const { differences, run } = await replay(recording);
    expect(differences).toEqual([]);
    expect(Math.abs(run.outcome.atMs - endedAt(recording))).toBeLessThanOrEqual(tickMs);

    const wider = await replay(recording, (text) => text.replace('threshold: 1%', 'threshold: 10%'));
    expect(wider.run.outcome.is).not.toBe('rolledBack');
    expect(wider.differences.join('\n')).toMatch(/want rollback \(Breach, error_rate\) got hold/);
    const gone = await replay(recording, (text) => text.replace('alert: critical', 'alert: warning'));
    expect(gone.differences.join('\n')).toMatch(/want rolledBack \(Breach, error_rate\) by \S+ got open/);
  });

  it('that was good is promoted again, through its watch', async () => {
    const loop = await begun();
    expect((await loop.ticks(100, tickMs)).phase.phase).toBe('succeeded');
    const { differences, run } = await replay(await recordingOfLoop(loop));
    expect(differences).toEqual([]);
    expect(run.outcome.is).toBe('succeeded');
  });

  it('keeps its pauses, its outages and the time in which no controller looked', async () => {
    const loop = await begun();
    await loop.ticks(8, tickMs);
    await loop.order('pause', 'lunch');
    await loop.ticks(12, tickMs);
    await loop.order('resume', 'back');
    await loop.ticks(2, tickMs);
    loop.world.isBlind = true;
    await loop.ticks(10, tickMs);
    loop.world.isBlind = false;
    await loop.ticks(4, tickMs);
    await loop.restart(minutes(10));
    await loop.ticks(30, tickMs);
    expect(await loop.world.weight()).toBe(50);
    const recording = await recordingOfLoop(loop);
    const { differences, run } = await replay(recording);
    expect(differences).toEqual([]);
    expect(run.log.map(({ reason }) => reason)).toContain('Paused');
  });

  it('may be run while it runs, and is open then', async () => {
    const loop = await begun();
    await loop.ticks(8, tickMs);
    const { differences, run } = await replay(await recordingOfLoop(loop));
    expect([differences, run.outcome.is]).toEqual([[], 'open']);
  });

  it('whose time was made faster is run by the rules as they are written', async () => {
    const loop = await begun({ compression: 10 });
    loop.world.errorRate['v2'] = 0.05;
    expect((await loop.ticks(60, 1_500)).phase.phase).toBe('rolledBack');
    const text = must(scenarioText(await recordingOfLoop(loop), { rules: null }));
    expect(text).toContain('compression: 10\n');
    expect(text).toContain('window: 5m');
    expect((await replay(await recordingOfLoop(loop))).differences).toEqual([]);
  });

  it.each([1, 2, 3])('goes the same way when its looks were merged %i times', async (times) => {
    const loop = await begun();
    await loop.ticks(30, tickMs);
    loop.world.errorRate['v2'] = 0.03;
    await loop.ticks(30, tickMs);
    const whole = await recordingOfLoop(loop);
    let spans = whole.spans;
    for (let n = 0; n < times; n += 1) spans = mergePairs(spans, 'strict');
    expect(spans.length).toBeLessThan(whole.spans.length);
    const { run } = await replay({ ...whole, spans });
    expect(run.outcome).toMatchObject({ is: 'rolledBack', rule: 'error_rate' });
    expect(Math.abs(run.outcome.atMs - endedAt(whole))).toBeLessThanOrEqual(2 ** times * tickMs);
  });
});

describe('a long release', () => {
  it('fits into a scenario file, whatever was read, and however often it was held', async () => {
    const loop = await begun();
    await loop.ticks(8, tickMs);
    const recording = await recordingOfLoop(loop);
    const [first] = recording.spans;
    const random = seeded(7);
    const some = (): number => Math.floor(random.next() * 1e6);
    const spans = Array.from({ length: 3_000 }, (_, n): JournalSpan => {
      const counts = (): Brief => ({
        canary: [1e6 + some(), some(), 1e6 + some(), some()],
        stable: [1e6 + some(), some(), 1e6 + some(), some()],
        t: [some() % 999, 15_000, some() % 999],
      });
      const read = { error_rate: counts(), response_time_p95: counts(), throughput: counts() };
      return { ...(n === 0 ? first : {}), toMs: 15_000 * (n + 1), looks: 1, weight: 25, sent: null, read };
    });
    const held = (n: number): LogEntry => ({
      atMs: recording.startedAtMs + 1_000 * n,
      kind: 'decision',
      reason: 'EvidenceRising',
      message: '',
      data: { decision: 'hold', rule: 'error_rate', verdict: 'suspect' },
    });
    const log = [...recording.log, ...Array.from({ length: 1_000 }, (_, n) => held(n))];
    const text = must(scenarioText({ ...recording, spans, log }, { rules: null }));
    expect(Buffer.byteLength(text)).toBeLessThan(maxFileBytes);
    const [scenario] = await scenariosOf(text);
    expect(scenario?.expected.length).toBeLessThan(20);
    expect(scenario?.metrics).toMatchObject({ kind: 'recording', recorded: { looks: { length: 3_000 } } });
  });
});

describe('a release that cannot be run again', () => {
  it('says so: nothing was recorded, or not its beginning', async () => {
    const loop = await begun();
    await loop.ticks(8, tickMs);
    const recording = await recordingOfLoop(loop);
    const told = (change: Partial<Recording>) => scenarioText({ ...recording, ...change }, { rules: null });
    expect(told({ spans: [] })).toMatchObject({ ok: false, error: { reason: 'NothingRecorded' } });
    expect(told({ cut: true })).toMatchObject({ ok: false, error: { reason: 'RecordingCut' } });
    expect(told({ spans: recording.spans.slice(3) })).toMatchObject({ ok: false, error: { reason: 'RecordingCut' } });
  });
});
