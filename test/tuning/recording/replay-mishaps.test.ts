/** What befalls router, controller and clock on the way of a recorded release happens to it again. */
import { describe, expect, it } from 'vitest';
import { scenarioText } from '../../../src/tuning/recording/scenario-text.ts';
import { must } from '../../support/proxy.ts';
import { recordingOfLoop } from '../../support/recording-of.ts';
import type { SteppedLoop } from '../../support/stepped-loop.ts';
import { begun, minutes, replay, tickMs } from './replayed.ts';

describe('a recorded release', () => {
  it('whose data plane started anew gets its weight back again', async () => {
    const loop = await begun();
    await loop.ticks(28, tickMs);
    loop.world.router.restart(loop.world.ports.clock.wallMs());
    await loop.ticks(60, tickMs);
    const recording = await recordingOfLoop(loop);
    expect(recording.log.map(({ reason }) => reason)).toContain('DataPlaneRestarted');
    const { differences, run } = await replay(recording);
    expect(differences).toEqual([]);
    expect(run.log.map(({ reason }) => reason)).toContain('DataPlaneRestarted');
  });

  it.each([
    ['LoweredUnrecorded', async (loop: SteppedLoop) => loop.world.router.interfere(10)],
    [
      'TakenBack',
      async ({ session, world }: SteppedLoop) => {
        const { release } = session;
        const { epoch } = world.ports.store;
        await world.router.write({ release, epoch, canary: 0, latch: true, ifVersion: null });
      },
    ],
  ] as const)('that was %s while no controller looked goes back again', async (reason, lower) => {
    const loop = await begun();
    await loop.ticks(28, tickMs);
    expect(await loop.world.weight()).toBe(50);
    await lower(loop);
    await loop.restart(minutes(2));
    await loop.ticks(10, tickMs);
    const recording = await recordingOfLoop(loop);
    expect(recording.phase).toMatchObject({ phase: 'rolledBack', cause: { reason } });
    const { differences, run } = await replay(recording);
    expect(differences).toEqual([]);
    expect(run.outcome).toMatchObject({ is: 'rolledBack', reason });
  });

  it('whose wall clock was set back goes the same way in the time that passed', async () => {
    const loop = await begun();
    await loop.ticks(8, tickMs);
    loop.wallShiftMs = -minutes(10);
    await loop.ticks(8, tickMs);
    await loop.order('pause', 'lunch');
    await loop.ticks(4, tickMs);
    await loop.order('resume', 'back');
    await loop.ticks(8, tickMs);
    loop.world.errorRate['v2'] = 0.05;
    await loop.ticks(40, tickMs);
    const recording = await recordingOfLoop(loop);
    expect(recording.phase.phase).toBe('rolledBack');
    expect(must(scenarioText(recording, { rules: null }))).toMatch(
      /^# The wall clock was set back on the way, at 2m15s by 10m: /m,
    );
    const { differences, run } = await replay(recording);
    expect(differences).toEqual([]);
    expect(run.outcome).toMatchObject({ is: 'rolledBack', rule: 'error_rate' });
    expect(run.outcome.atMs).toBeGreaterThan(minutes(7));
    expect(run.outcome.atMs).toBeLessThan(minutes(12));
  });
});
