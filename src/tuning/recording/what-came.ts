/** From a release's log to what people did on the way, and to what is expected of it when it is run again. */
import { formatDuration } from '../../lib/duration.ts';
import type { LogEntry } from '../../release/log.ts';
import type { Recording } from '../../release/recording.ts';

export interface Came {
  /** As the words of `events`, `expect` and `outcome`. */
  readonly events: readonly object[];
  readonly expect: readonly object[];
  readonly outcome: object;
  /** When the wall clock was set back, and by how much: `12m by 5m`. */
  readonly setBacks: readonly string[];
}

export interface Course {
  readonly intervalMs: number;
  /** Of the last look. */
  readonly endMs: number;
}

/** Looks by which the same may come earlier or later: one for the decision, one for what it rests on, one to see its effect. */
const slackLooks = 3;

export function whatCame(recording: Recording, course: Course): Came {
  const lines = recording.log.map((entry) => ({ ...entry, atMs: Math.max(0, entry.atMs - recording.startedAtMs) }));
  return {
    events: lines.flatMap((entry) => eventOf(entry, recording.spans)).slice(0, mostEvents),
    expect: expectations(recording, lines, course),
    outcome: outcomeOf(recording, course),
    setBacks: lines
      .filter(({ reason }) => reason === 'ClockSetBack')
      .map(({ atMs, data }) => `${time(atMs)} by ${time(Number(data['byMs']))}`),
  };
}

/** What a scenario may have; of more, the holds that came and went are left out first. */
const mostEvents = 200;
const mostExpected = 500;

const time = (ms: number): string => formatDuration(ms);

const text = (value: LogEntry['data'][string] | undefined): string => (typeof value === 'string' ? value : '');

const orders: Readonly<Record<string, string>> = {
  Paused: 'pause',
  Resumed: 'resume',
  InvestigationAnswered: 'answer',
  InvestigationNoted: 'note',
  PromoteOrdered: 'promote',
  PromoteFullOrdered: 'promoteFull',
  AbortOrdered: 'abort',
  RollbackApproved: 'rollback',
};

const movedByOthers: ReadonlySet<string> = new Set([
  'WeightFollowed',
  'WeightLowered',
  'WeightRaised',
  'TrafficContested',
]);

const routerEvents: Readonly<Record<string, string>> = {
  DataPlaneRestarted: 'routerRestarts',
  TakenBack: 'routeLatched',
};

function eventOf({ atMs, data, kind, reason }: LogEntry, spans: Recording['spans']): readonly object[] {
  const at = time(atMs);
  const order = orders[reason];
  if (kind === 'action' && order !== undefined)
    return [{ at, [order]: text(data['reason']).slice(0, 500), who: text(data['who']).slice(0, 200) || 'somebody' }];
  if (reason === 'SupersedeOrdered') return [{ at, newRevision: text(data['successor']).slice(0, 63) }];
  if (kind === 'event' && movedByOthers.has(reason) && typeof data['found'] === 'number')
    return [{ at, weight: data['found'] }];
  const router = routerEvents[reason];
  if (kind === 'event' && router !== undefined) return [{ at, [router]: weightIn(data) }];
  if (reason === 'LoweredUnrecorded') return loweredUnseen(atMs, weightIn(data), spans);
  if (kind === 'decision' && reason === 'CanaryLost') return [{ at, lose: 'canary' }];
  return [];
}

const weightIn = ({ found }: LogEntry['data']): number => (typeof found === 'number' ? found : 0);

/** It was another controller that found the weight lower: none looked since the look before. */
function loweredUnseen(atMs: number, weight: number, spans: Recording['spans']): readonly object[] {
  const lookedMs = spans.findLast(({ toMs }) => toMs < atMs)?.toMs ?? 0;
  return [
    { at: time(lookedMs + 1), controllerAway: time(atMs - lookedMs - 1) },
    { at: time(atMs), weight },
  ];
}

interface Change {
  readonly atMs: number;
  readonly from: number;
  readonly to: number;
}

/** Each decision that somebody would ask about, by when it came, and each weight just before it changed: so that earlier shows as well as later. */
function expectations(recording: Recording, lines: readonly LogEntry[], course: Course): readonly object[] {
  const slack = slackOf(course);
  // What a running release decided since its last look rests on nothing that was kept yet.
  const untilMs = 'cause' in recording.phase ? course.endMs : course.endMs - course.intervalMs;
  const decided = lines.flatMap(({ atMs, data, kind, reason }): readonly Timed[] => {
    const decision = text(data['decision']);
    if (kind !== 'decision' || atMs > untilMs) return [];
    const rule = text(data['rule']);
    if (decision === 'hold' && (rule === '' || data['phase'] === 'rollingBack')) return [];
    const verdict = rule === '' ? {} : { verdicts: { [rule]: text(data['verdict']) } };
    const words = {
      decision,
      reason,
      ...(rule === '' ? {} : { rule }),
      ...(text(data['verdict']) === '' ? {} : verdict),
    };
    return [{ atMs, words: { by: time(atMs + slack(atMs)), ...words } }];
  });
  const changes = changesOf(recording);
  const weights = changes.flatMap(({ atMs, from, to }, n): readonly Timed[] => {
    const before = atMs - slack(atMs);
    const wasSteady = before > (changes[n - 1]?.atMs ?? 0) + slack(changes[n - 1]?.atMs ?? 0);
    return [
      ...(wasSteady ? [{ atMs: before, words: { at: time(before), weight: from } }] : []),
      { atMs: atMs + 1, words: { by: time(atMs + slack(atMs)), weight: to } },
    ];
  });
  const moved = decided.filter(({ words }) => words['decision'] !== 'hold');
  const all = decided.length + weights.length > mostExpected ? [...moved, ...weights] : [...decided, ...weights];
  const inTime = all.toSorted((a, b) => a.atMs - b.atMs).slice(0, mostExpected);
  return inTime.map(({ words }) => words);
}

interface Timed {
  readonly atMs: number;
  readonly words: Readonly<Record<string, unknown>>;
}

const slackOf =
  ({ intervalMs }: Course) =>
  (atMs: number): number =>
    Math.round(Math.max(slackLooks * intervalMs, 0.02 * atMs));

/** Weights as they were seen in the looks. */
function changesOf({ spans }: Recording): readonly Change[] {
  let before = 0;
  return spans.flatMap(({ toMs, weight }): readonly Change[] => {
    if (weight === null || weight === before) return [];
    const change = { atMs: toMs, from: before, to: weight };
    before = weight;
    return [change];
  });
}

function outcomeOf({ log, phase, startedAtMs }: Recording, course: Course): object {
  const since = (ms: number): number => Math.max(0, ms - startedAtMs);
  const by = (ms: number): string => time(since(ms) + slackOf(course)(since(ms)));
  switch (phase.phase) {
    case 'succeeded':
      return { is: 'succeeded', by: by(phase.endedAtMs) };
    case 'rollingBack':
    case 'rolledBack':
    case 'failed': {
      const { atMs, reason, rule } = phase.cause;
      const is = phase.phase === 'failed' ? 'failed' : 'rolledBack';
      return { is, reason, ...(rule === null ? {} : { rule }), by: by(atMs) };
    }
    case 'watching': {
      const promoted = log.findLast(({ reason }) => reason === 'Promoted');
      return { is: 'promoted', ...(promoted === undefined ? {} : { by: by(promoted.atMs) }) };
    }
    default:
      // What it waits for just now is of this moment.
      return { is: 'open' };
  }
}
