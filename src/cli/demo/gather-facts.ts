/** Puts together what came of a demo, from who saw it: the witness, the load generator, and the controller's own view. */
import { systemClock } from '../../lib/clock.ts';
import type { ReleaseView } from '../../report/release-view.ts';
import type { Controls } from '../../server/controls.ts';
import { viewOf } from '../../server/show-release.ts';
import { faulty, healthy } from './cast.ts';
import type { DemoFacts, ReleaseFacts, UserFacts } from './demo-facts.ts';
import type { LoadReport } from './load-tally.ts';
import { longestOutage } from './outage-seen.ts';
import type { Witness } from './witness.ts';

export interface Sources {
  readonly witness: Witness;
  readonly controls: Controls;
  /** Null: the load generator said nothing. */
  readonly load: LoadReport | null;
  readonly servedInOutage: number;
}

export async function gatherFacts(sources: Sources): Promise<Pick<DemoFacts, 'healthy' | 'faulty' | 'users'>> {
  return {
    healthy: await releaseFacts(healthy, sources),
    faulty: await releaseFacts(faulty, sources),
    users: userFacts(sources),
  };
}

/** As everybody would see it now; null: it can't be read. */
export async function viewNow(controls: Controls, id: string): Promise<ReleaseView | null> {
  const release = await controls.release(id);
  if (!release.ok || release.value === null) return null;
  const view = await viewOf(controls, release.value, { nowMs: systemClock.wallMs() });
  return view.ok ? view.value : null;
}

async function releaseFacts(revision: string, { controls, witness }: Sources): Promise<ReleaseFacts> {
  const seen = witness.of(revision);
  if (seen === null) return { revision, view: null, weights: [], promotedAfterMs: null, outage: null };
  const { outages, promotedAtMs, release, weights } = seen;
  return {
    revision,
    view: await viewNow(controls, release.id),
    weights,
    promotedAfterMs: promotedAtMs === null ? null : promotedAtMs - release.startedAtMs,
    outage: longestOutage(outages),
  };
}

const userFacts = ({ load, servedInOutage }: Sources): UserFacts | null =>
  load === null ? null : { counts: load.total, longestInterruptionMs: load.longestInterruptionMs, servedInOutage };
