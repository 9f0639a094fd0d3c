/**
 * Goes on reading the rules of what was promoted once its watch is over, for people; nothing is decided by it.
 *
 *   succeeded ──a look now and then, kept with the release──► its time is over, a newer release, another stable ──► one line that says so
 *                      └── a restart: the next controller goes on, and what it counts begins anew
 */
import { pause } from '../lib/pause.ts';
import { type CounterMemory, emptyMemory } from '../metrics/counter-memory.ts';
import type { Ports } from '../reconcile/ports.ts';
import { lookAtTrend, trendEndLine, trendTimes } from '../reconcile/trend-after.ts';
import type { Release } from '../release/release.ts';
import { Follower, type Hand, isNewer } from './follower.ts';
import { type AroundStable, readStable } from './read-stable.ts';
import { sayOnce } from './say-once.ts';

type Around = AroundStable & Pick<Ports, 'store' | 'tell'>;

/** More lines than are kept of any release. */
const wholeLog = 100_000;

export const trendRecorder = (around: Around): Follower =>
  new Follower(around, {
    name: 'TrendRecorder',
    isDue: ({ phase, plan }) =>
      phase.phase === 'succeeded' && phase.endedAtMs + (plan.trendMs ?? 0) > around.clock.wallMs(),
    follow: (release, hand) => follow(around, release, hand),
    endedBy: (followed, by) => (isNewer(by, followed) ? beginOf(by) : null),
  });

const beginOf = ({ id, revision }: Release): string => `release ${id} of ${revision} began`;

async function follow(around: Around, release: Release, hand: Hand): Promise<void> {
  const { clock, source, store } = around;
  const { over, trouble } = hand;
  const [log, journal] = await Promise.all([store.log(release.id, wholeLog), store.journal(release.id)]);
  if (!log.ok) return trouble(log.error.message);
  const times = trendTimes(release, log.value);
  if (times === null) return;
  const isLate = clock.wallMs() > times.untilMs + times.everyMs;
  const isResumed = journal.ok && journal.value.trend.length > 0;
  let seen: Seen = { memory: emptyMemory, start: isResumed ? 'controller' : null };
  let why = isLate ? 'no controller looked at it until its time was over' : await newer(around, release);
  while (why === null && !over.aborted) {
    const looked = await look(around, release, { ...seen, trouble });
    if ('why' in looked) why = looked.why;
    else seen = looked;
    const leftMs = times.untilMs - clock.wallMs();
    if (leftMs <= 0) break;
    if (why === null) await pause(Math.min(leftMs, Math.max(times.everyMs, source.intervalMs)), over);
  }
  if (over.aborted && over.reason === null) return;
  const line = trendEndLine(release, times, { nowMs: clock.wallMs(), why: over.aborted ? String(over.reason) : why });
  await sayOnce(around, { id: release.id, line }, hand);
}

async function newer({ store }: Around, { id, policy }: Release): Promise<string | null> {
  const newest = await store.releases({ policy, limit: 1 });
  const [first] = newest.ok ? newest.value : [];
  return first === undefined || first.id === id ? null : beginOf(first);
}

interface Seen {
  readonly memory: CounterMemory;
  /** Of an earlier controller's looks something is missing before the next one. */
  readonly start: 'controller' | null;
}

/** `why`: stable is not what was promoted any more. */
async function look(
  around: Around,
  release: Release,
  { trouble, ...seen }: Seen & Pick<Hand, 'trouble'>,
): Promise<Seen | { readonly why: string }> {
  const read = await readStable(around, release.revision, release.rules.rules);
  if (read.kind === 'other') return { why: `${read.stable} is stable now` };
  if (read.kind === 'unseen') return seen;
  const looked = lookAtTrend(release, seen.memory, { ...read, nowMs: around.clock.wallMs(), start: seen.start });
  const kept = await around.store.note(release.id, looked.span);
  if (!kept.ok) trouble(`a look at its trends is not kept: ${kept.error.message}`);
  return { memory: looked.memory, start: null };
}
