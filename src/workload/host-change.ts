/**
 * One change of one host, from wherever it stands to its end.
 *
 *   found ──answers──────────────────────────────────────────────► done
 *     └─► leaving ──drained──► changing ──command well──► healthy ──► done
 *                                 ▲   └──failed, timed out, not healthy ──► again ──► failed, and again in a minute
 *                                 └── a run of an earlier controller is taken up
 *   over (nobody looks after it here any more): left as it is, with its command, to the next controller
 *   abandoned (its revision wants it no more): from anywhere; what runs is ended
 */
import { randomUUID } from 'node:crypto';
import { backOff } from '../lib/back-off.ts';
import type { Clock } from '../lib/clock.ts';
import { formatDuration } from '../lib/duration.ts';
import { pause } from '../lib/pause.ts';
import { ok, type Result } from '../lib/result.ts';
import { within } from '../lib/within.ts';
import type { Host } from './host.ts';
import { hostCommand } from './host-command.ts';
import type { HostAction, HostRecord } from './host-record.ts';
import { findRun, forgetRun, type Run, type RunPlaces, runTail, startRun } from './host-run.ts';
import { probe } from './http-probe.ts';
import type { ProcessTiming } from './process-timing.ts';
import { ready, starting } from './readiness.ts';
import type { HostsSpec } from './revision-spec.ts';

export interface Errand {
  readonly revision: string;
  readonly spec: HostsSpec;
  readonly action: HostAction;
  /** The revision wants the host no more. */
  readonly abandoned: AbortSignal;
  /** That, or this controller looks after it no more. */
  readonly over: AbortSignal;
  readonly clock: Clock;
  readonly timing: ProcessTiming;
  readonly places: Omit<RunPlaces, 'logPath'>;
  /** Whether the data plane was last seen sending there. */
  readonly sendsTo: (origin: string) => boolean;
  /** Takes the host out of the data plane; whether nothing is sent there any more. */
  readonly leave: (origin: string) => Promise<boolean>;
}

const looksAtFound = 3;
const tailLines = 10;
const pollMs = 50;

/** Settles when the host is done, failed, looked at for the first time, or the errand is over. */
export async function changeHost(host: Host, errand: Errand): Promise<void> {
  if (host.record.stage === 'found') return lookedAt(host, errand);
  if (host.record.stage !== 'changing') {
    host.save({ stage: 'leaving' });
    if (!(await isLeft(host, errand))) return;
    const { intact, runs } = host.record;
    if (errand.action !== 'remove' && intact && runs?.revision === errand.revision) return arrived(host, errand);
  }
  const last = errand.spec.commands.retries + 1;
  const isOver = (): boolean => errand.over.aborted;
  for (let attempt = firstAttempt(host.record); !isOver(); attempt += 1) {
    const problem = await attempted(host, errand, attempt);
    if (isOver()) return;
    if (problem === null) return arrived(host, errand);
    if (attempt >= last) return failedFor(host, errand, problem);
    host.progress = `${problem}; tried again at once`;
    await pause(backOff(attempt, { firstMs: errand.timing.restartMs, longestMs: 10_000 }), errand.over);
  }
}

const firstAttempt = ({ run, stage }: HostRecord): number => (stage === 'changing' && run !== null ? run.attempt : 1);

/** What the host has been running is the revision already, as its first policy says, if it answers: then no command is needed. */
async function lookedAt(host: Host, { over, revision, spec, timing }: Errand): Promise<void> {
  const target = { origin: host.origin, healthPath: spec.healthPath };
  for (let look = 0; look < looksAtFound; look += 1) {
    if (look > 0) await pause(timing.probe.startingMs, over);
    const probed = await probe(target, timing.probe.timeoutMs);
    if (over.aborted) return;
    if (!probed.ok) continue;
    host.save({ stage: 'done', runs: { revision, spec }, intact: true, ready: true });
    return host.watch(ready);
  }
  // Its command waits until the others were looked at.
  host.save({ stage: 'leaving' });
}

/** Its last requests have had the time that they get. False: over meanwhile. */
async function isLeft(host: Host, { over, action, clock, leave, sendsTo, spec }: Errand): Promise<boolean> {
  const { name } = host.record;
  host.progress = `${name} leaves the data plane before ${action}`;
  let wasSentTo = sendsTo(host.origin);
  while (!over.aborted && !(await leave(host.origin))) {
    wasSentTo = true;
    host.progress = `${name} is still sent to, and can't be changed (${action}) before that ends: does the data plane answer?`;
    await pause(pollMs, over);
  }
  if (over.aborted) return false;
  if (wasSentTo) host.save({ leftAtMs: clock.wallMs() });
  const { leftAtMs } = host.record;
  const restMs = leftAtMs === null ? 0 : leftAtMs + spec.commands.drainMs - clock.wallMs();
  host.progress = `${name} drains before ${action}`;
  if (restMs > 0) await pause(Math.min(restMs, spec.commands.drainMs), over);
  return !over.aborted;
}

/** null: the revision is there, and healthy; or the errand is over. */
async function attempted(host: Host, errand: Errand, attempt: number): Promise<string | null> {
  const run = await begun(host, errand, attempt);
  if (!run.ok) return run.error;
  const { abandoned, action, clock, over, revision, spec } = errand;
  const { timeoutMs } = spec.commands;
  const deadlineMs = (host.record.run?.startedAtMs ?? clock.wallMs()) + timeoutMs;
  const what = `${action} of ${revision} on ${host.record.name}`;
  const ending = await endOf(run.value, { host, abandoned, over, what, leftMs: deadlineMs - clock.wallMs() });
  if (over.aborted) return null;
  if (ending === null && action !== 'remove') return unhealthy(host, errand);
  if (ending === null) return null;
  const said = await runTail(host.logPath, tailLines);
  const tried = `${what}, try ${attempt} of ${spec.commands.retries + 1},`;
  const how =
    ending === 'late' ? `did not end within ${formatDuration(timeoutMs)} and was ended` : `failed with ${ending}`;
  return `${tried} ${how}. ${said === '' ? 'It wrote nothing.' : `It wrote:\n${said}`}`;
}

/** The run of this attempt: one that an earlier controller started, or a new one. */
async function begun(host: Host, errand: Errand, attempt: number): Promise<Result<Run, string>> {
  const { action, clock, revision, spec } = errand;
  const places = { ...errand.places, logPath: host.logPath };
  const { run, runs, stage } = host.record;
  const found = stage === 'changing' && run !== null && run.attempt === attempt ? findRun(run.id, places) : null;
  if (found !== null) return ok(found);
  const id = randomUUID();
  host.unwatch();
  host.save({
    stage: 'changing',
    runs: { revision, spec },
    intact: false,
    before: runs === null || runs.revision === revision ? host.record.before : runs.revision,
    run: { id, action, attempt, startedAtMs: clock.wallMs() },
    ready: false,
  });
  if (run !== null) forgetRun(run.id, places);
  return startRun({ id, ...hostCommand(host.record, { action, revision, spec, attempt }) }, places);
}

interface Wait {
  readonly host: Host;
  readonly abandoned: AbortSignal;
  readonly over: AbortSignal;
  readonly what: string;
  readonly leftMs: number;
}

/** How the run ended; null: well. One that is late, or that nobody wants any more, is ended. */
async function endOf(run: Run, { host, abandoned, over, what, leftMs }: Wait): Promise<string | null> {
  let ending: string | null | undefined;
  void run.ended.then((how) => (ending = how));
  const sinceMs = performance.now();
  let toldMs = 0;
  await within({ withinMs: Math.max(0, leftMs), everyMs: pollMs }, async () => {
    const forMs = performance.now() - sinceMs;
    if (forMs - toldMs >= 1_000) {
      toldMs = forMs;
      host.progress = `${what} runs for ${formatDuration(Math.round(forMs / 1_000) * 1_000)}: ${await runTail(host.logPath, 1)}`;
    }
    return ending !== undefined || over.aborted;
  });
  if (ending !== undefined) return ending;
  if (over.aborted && !abandoned.aborted) return 'it is left to the next controller';
  await run.stop();
  return 'late';
}

/** Why the host does not answer as it should after its command; null: it does. */
async function unhealthy(host: Host, { over, action, revision, spec }: Errand): Promise<string | null> {
  const { timeoutMs } = spec.commands;
  host.progress = `${host.record.name} was changed to ${revision} and is probed`;
  await host.watch(starting);
  const isReady = (): boolean => host.readiness.state === 'ready' || over.aborted;
  if (await within({ withinMs: timeoutMs, everyMs: pollMs }, isReady)) return null;
  return `${action} of ${revision} on ${host.record.name} ended well, but it is not healthy ${formatDuration(timeoutMs)} later: ${host.readiness.message}`;
}

async function arrived(host: Host, { action, places }: Errand): Promise<void> {
  const { run } = host.record;
  const settled = { run: null, problem: null, dueAtMs: null, leftAtMs: null } as const;
  if (action === 'remove') host.save({ ...settled, stage: 'free', runs: null, intact: false, before: null });
  else host.save({ ...settled, stage: 'done', intact: true, ready: host.readiness.state === 'ready' });
  if (run !== null) forgetRun(run.id, places);
  if (action !== 'remove' && host.readiness.state !== 'ready') await host.watch(starting);
}

function failedFor(host: Host, { clock, places, timing }: Errand, problem: string): void {
  host.unwatch();
  const again = `It is tried again every ${formatDuration(timing.hostRetryMs)}`;
  const dueAtMs = clock.wallMs() + timing.hostRetryMs;
  host.save({ stage: 'failed', problem: `${problem}\n${again}`, dueAtMs, ready: false });
  if (host.record.run !== null) forgetRun(host.record.run.id, places);
}
