/** A recording in the time of one clock: where the wall clock was set back, what came after it is told as so much later. */
import type { JournalSpan } from '../../release/journal-span.ts';
import type { LogEntry } from '../../release/log.ts';
import type { Recording } from '../../release/recording.ts';

/** Less than this is two looks at one moment, more a clock that was set back: what follows goes on from where it was. */
const oneMomentMs = 1_000;

export function onOneClock(recording: Recording): Recording {
  const setBacks = recording.log.filter(isSetBack).map(byMs);
  const laterMs = setBacks.reduce((sum, ms) => sum + ms, 0);
  return {
    ...recording,
    log: forth(recording.log),
    spans: inOrder(recording.spans, setBacks),
    phase: endedLater(recording.phase, laterMs),
  };
}

const isSetBack = ({ reason }: LogEntry): boolean => reason === 'ClockSetBack';

const byMs = ({ data }: LogEntry): number => (typeof data['byMs'] === 'number' ? data['byMs'] : 0);

/** The log is in the order of what happened. */
function forth(log: readonly LogEntry[]): readonly LogEntry[] {
  let offset = 0;
  return log.map((entry) => {
    if (isSetBack(entry)) offset += byMs(entry);
    return offset === 0 ? entry : { ...entry, atMs: entry.atMs + offset };
  });
}

/** Its end came after whatever else did. */
function endedLater(phase: Recording['phase'], ms: number): Recording['phase'] {
  if (ms === 0) return phase;
  const cause = 'cause' in phase ? { cause: { ...phase.cause, atMs: phase.cause.atMs + ms } } : {};
  const ended = 'endedAtMs' in phase ? { endedAtMs: phase.endedAtMs + ms } : {};
  return { ...phase, ...cause, ...ended };
}

/** Looks one after the other; what was only seen to move at the moment of a look is of that look. */
function inOrder(spans: readonly JournalSpan[], setBacks: readonly number[]): readonly JournalSpan[] {
  const known = [...setBacks];
  const ordered: JournalSpan[] = [];
  let [before, offset] = [0, 0];
  for (const span of spans) {
    const last = ordered.at(-1);
    if (last !== undefined && span.toMs + offset === before && Object.keys(span.read).length === 0) {
      ordered[ordered.length - 1] = { ...last, weight: span.weight, sent: span.sent };
      continue;
    }
    // By less than the product remarks upon it may be, too: then nobody says by how much.
    if (span.toMs + offset < before - oneMomentMs) offset += known.shift() ?? before + 1 - span.toMs - offset;
    before = Math.max(before + 1, span.toMs + offset);
    ordered.push({ ...span, toMs: before });
  }
  return ordered;
}
