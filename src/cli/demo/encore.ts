/** What a demo that is left running has for its visitors: one more release, in its first bake, that waits for a person. */
import { ok, type Result } from '../../lib/result.ts';
import { isOver } from '../../release/phase.ts';
import type { Release } from '../../release/release.ts';
import type { Controls } from '../../server/controls.ts';
import { policyName, usualErrors } from './demo-policy.ts';
import { sampleRevision } from './sample-command.ts';
import { waitUntil } from './wait-until.ts';

export const guest = 'v4';

const person = { who: 'demo', reason: 'it waits for you: resume, promote or abort it on the page' };

/** Paused, because its bake would be over before anybody has found the page. */
export async function beginEncore(controls: Controls, signal: AbortSignal): Promise<Result<Release>> {
  const spec = sampleRevision({ version: guest, replicas: 2, errorRate: usualErrors });
  const begun = await controls.start({ policy: policyName, revision: guest, spec, who: 'demo', reason: 'demo' });
  if (!begun.ok) return begun;
  const { id } = begun.value;
  let newest = begun.value;
  const stop = controls.events(({ release }) => {
    if (release.id === id) newest = release;
  });
  await waitUntil(() => newest.phase.phase === 'baking' || isOver(newest), signal);
  stop();
  if (signal.aborted || isOver(newest)) return ok(newest);
  return controls.act(id, { kind: 'pause', ...person });
}
