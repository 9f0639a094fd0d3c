/** The demo's script: users come, v2 is promoted through an outage of its metrics, v3 is taken back. */
import { pause } from '../../lib/pause.ts';
import { ok, type Result } from '../../lib/result.ts';
import type { Release } from '../../release/release.ts';
import { percent } from '../../verdict/words.ts';
import { type Cast, faulty, healthy } from './cast.ts';
import { policyName, usualErrors } from './demo-policy.ts';
import { findPace } from './find-pace.ts';
import { playOutage } from './play-outage.ts';
import { sampleRevision } from './sample-command.ts';
import { isSettled } from './settled.ts';
import { waitUntil } from './wait-until.ts';

export interface Told {
  /** User requests that were answered while the metrics were out. */
  readonly servedInOutage: number;
}

/** One more report of the load, so that the last answer is counted. */
const lastReportMs = 1_200;

/** Plays to the end, or until the signal. Fails when a release could not be begun. */
export async function tellStory(cast: Cast): Promise<Result<Told>> {
  const { act, options, signal, witness } = cast;
  await findPace(cast);
  act(`1/2 ${healthy}: healthy, must be promoted`);
  const first = await begin(cast, healthy);
  if (!first.ok) return first;
  const [servedInOutage] = await Promise.all([
    options.outage ? playOutage(cast) : 0,
    waitUntil(() => isSettled(witness, healthy), signal),
  ]);
  if (signal.aborted) return ok({ servedInOutage });
  act(`2/2 ${faulty}: ${percent(options.errors)} errors, must be taken back`);
  const second = await begin(cast, faulty);
  if (!second.ok) return second;
  await waitUntil(() => isSettled(witness, faulty), signal);
  await pause(lastReportMs, signal);
  return ok({ servedInOutage });
}

async function begin({ options, signal, stage }: Cast, revision: string): Promise<Result<Release>> {
  const faults = { errorRate: options.errors, slowRate: 0.1, slowMs: options.latency };
  const spec = sampleRevision({
    version: revision,
    replicas: 2,
    ...(revision === faulty ? faults : { errorRate: usualErrors }),
  });
  const request = { policy: policyName, revision, spec, who: 'demo', reason: 'demo' };
  for (;;) {
    const started = await stage.controller.controls.start(request);
    if (started.ok || !started.error.retryable || signal.aborted) return started;
    await pause(100, signal);
  }
}
