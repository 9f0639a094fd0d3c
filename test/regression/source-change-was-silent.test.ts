/** A release went on by its fallback source, or back to the main one, and no line of its log said so. */
import { expect, it } from 'vitest';
import { lookedAt } from '../../src/release/sight.ts';
import { inPhase, phases, startMs } from '../support/a-release.ts';

const glimpse = { nowMs: startMs, elapsedMs: 1_000, intervalMs: 1_000, sighted: true };

it('says once which source judges now, and which one did before', () => {
  const first = lookedAt(inPhase(phases.baking), { ...glimpse, source: 'main' });
  const fallen = lookedAt(first.release, { ...glimpse, source: 'direct' });
  expect(fallen.log).toMatchObject([{ reason: 'SourceChanged', data: { source: 'direct', before: 'main' } }]);
  expect(lookedAt(fallen.release, { ...glimpse, source: 'direct' }).log).toEqual([]);
});

it('says it beside the end of an outage, too', () => {
  const judged = lookedAt(inPhase(phases.baking), { ...glimpse, source: 'main' }).release;
  const blind = lookedAt(judged, { ...glimpse, elapsedMs: 10_000, sighted: false, source: 'main' }).release;
  const { log } = lookedAt(blind, { ...glimpse, source: 'direct' });
  expect(log.map(({ reason }) => reason)).toEqual(['SourceChanged', 'SightReturned']);
});
