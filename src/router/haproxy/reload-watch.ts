/** Notices a reload sooner than the next look: every process is asked who it is, many times a second. */
import type { HaproxyPlace } from './place.ts';
import { processIn } from './show.ts';

const everyMs = 100;

/** `changed`: one of them is another process than it was when last seen. Answers how to stop. */
export function watchReloads(places: readonly HaproxyPlace[], changed: () => void): () => void {
  const asking = new Set<HaproxyPlace>();
  const askFor = async (place: HaproxyPlace): Promise<void> => {
    if (asking.has(place)) return;
    asking.add(place);
    const shown = await place.question('show info');
    asking.delete(place);
    const process = shown.ok ? processIn(shown.value) : null;
    if (process !== null && place.seen !== null && process !== place.seen.process) changed();
  };
  const timer = setInterval(() => {
    for (const place of places) void askFor(place);
  }, everyMs);
  return () => clearInterval(timer);
}
