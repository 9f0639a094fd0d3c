/**
 * Goes on asking about a release that has ended, until all is said or the time for it is over.
 *
 *   ended ──look each second──► answers are saved with the release ──all said, or 10 min──► one line that tells so
 */
import { isVerdict, unsaid, verifiedLine } from '../checks/aftermath.ts';
import type { Checks } from '../checks/checks.ts';
import { hearChecks } from '../checks/hear.ts';
import { questionsOf } from '../checks/questions.ts';
import { pause } from '../lib/pause.ts';
import { ok, type Result } from '../lib/result.ts';
import type { Ports } from '../reconcile/ports.ts';
import type { Change, LogEntry } from '../release/log.ts';
import { isOver } from '../release/phase.ts';
import type { Release } from '../release/release.ts';
import { Follower } from './follower.ts';

const lookEveryMs = 1_000;
const forMs = 600_000;

type Around = Pick<Ports, 'clock' | 'store' | 'tell' | 'workload'> & { readonly checks: Checks };

export const afterEnd = (around: Around): Follower =>
  new Follower(around, {
    name: 'AfterEnd',
    isDue: (release) =>
      isOver(release) &&
      (unsaid(release).length > 0 || verifiedLine(release, around.clock.wallMs()) !== null) &&
      leftMs(around, release) > 0,
    follow: ({ id }, { over }) => follow(around, id, over),
  });

async function follow(around: Around, id: string, over: AbortSignal): Promise<void> {
  const { checks, store } = around;
  while (!over.aborted) {
    const read = await store.release(id);
    if (read.ok && (read.value === null || !(await isLeft(around, read.value)))) break;
    await pause(lookEveryMs, over);
  }
  checks.latest(id, []);
}

/** Another writer came first: read again, and the answers are still known. */
async function isLeft(around: Around, release: Release): Promise<boolean> {
  const { store, tell } = around;
  const heard = unsaid(release).length === 0 ? { release, log: [] } : await hear(around, release);
  const isLate = leftMs(around, release) <= 0;
  const isDone = unsaid(heard.release).length === 0 || isLate;
  const line = isDone ? await lineFor(around, heard.release) : ok(null);
  if (!line.ok) return !isLate;
  if (heard.release === release && line.value === null) return !isDone;
  const log = line.value === null ? heard.log : [...heard.log, line.value];
  const saved = await store.save(heard.release, log);
  if (saved.ok) tell({ kind: 'saved', release: saved.value, log, look: null });
  return !saved.ok || !isDone;
}

/** What its log does not say yet. */
async function lineFor({ clock, store }: Around, release: Release): Promise<Result<LogEntry | null>> {
  const line = verifiedLine(release, clock.wallMs());
  if (line === null) return ok(null);
  const log = await store.log(release.id);
  return log.ok ? ok(log.value.some(({ reason }) => isVerdict(reason)) ? null : line) : log;
}

async function hear({ checks, clock, workload }: Around, release: Release): Promise<Change<Release>> {
  const seen = await workload.observe();
  const nowMs = clock.wallMs();
  const due = questionsOf(release, {
    ...{ nowMs, namespace: checks.namespace, canary: 'notReady' },
    workload: seen.ok ? seen.value : null,
  });
  const answers = checks.latest(
    release.id,
    due.map(({ question }) => question),
  );
  return hearChecks(release, { nowMs, due, answers });
}

const leftMs = ({ clock }: Around, { phase }: Release): number =>
  'endedAtMs' in phase ? phase.endedAtMs + forMs - clock.wallMs() : 0;
