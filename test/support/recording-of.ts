/** What a loop's release left behind to be run again, as the API would answer it. */
import { type Recording, recordingOf } from '../../src/release/recording.ts';
import { must } from './proxy.ts';
import type { SteppedLoop } from './stepped-loop.ts';

export async function recordingOfLoop(loop: SteppedLoop): Promise<Recording> {
  const release = await loop.release();
  const { store } = loop.world.ports;
  const [journal, log] = await Promise.all([store.journal(release.id), store.log(release.id, 100_000)]);
  // As it comes over the wire.
  return JSON.parse(JSON.stringify(recordingOf(release, must(journal), must(log)))) as Recording;
}
