/** From the columns of a recording to its looks; looks that were merged are spread evenly over their time again. */
import type { Counts } from '../../metrics/reading.ts';
import type { Recorded, RecordedLook, RecordedReading } from './recorded.ts';
import type { ReadWords, RecordingWords } from './recording-words.ts';

type Column = readonly (number | null)[];

/** One row of the columns, and which part of it is meant: 0 of 1, but for looks that were merged. */
interface Place {
  readonly row: number;
  readonly part: number;
  readonly parts: number;
  /** Of this look and the one before it, ms. */
  readonly atMs: number;
  readonly beforeMs: number;
}

export const recordedFrom = (words: RecordingWords): Recorded => ({
  release: words.release,
  looks: placesOf(words).map((place) => lookAt(words, place)),
  bounds: Object.fromEntries(
    Object.entries(words.readings).flatMap(([rule, { bound }]) =>
      bound === undefined ? [] : [[rule, bound] as const],
    ),
  ),
  dispersion: words.dispersion ?? {},
  unjudgeable: words.unjudgeable ?? [],
});

const cell = (column: Column | undefined, row: number): number | null => column?.[row] ?? null;

const ms = (seconds: number): number => Math.round(seconds * 1_000);

function placesOf({ looks, merged }: RecordingWords): readonly Place[] {
  const places: Place[] = [];
  let beforeMs = 0;
  for (const [row, seconds] of looks.entries()) {
    const toMs = ms(seconds ?? 0);
    const parts = merged?.[row] ?? 1;
    const fromMs = beforeMs;
    for (let part = 0; part < parts; part += 1) {
      const atMs = Math.round(fromMs + ((toMs - fromMs) * (part + 1)) / parts);
      places.push({ row, part, parts, atMs, beforeMs });
      beforeMs = atMs;
    }
  }
  return places;
}

function lookAt(words: RecordingWords, place: Place): RecordedLook {
  const { row } = place;
  const read = Object.entries(words.readings).flatMap(([rule, columns]) => {
    const reading = readingAt(columns, place);
    return reading === null ? [] : [[rule, reading] as const];
  });
  return {
    atMs: place.atMs,
    resumed: place.part === 0 && words.resumed?.[row] === 1,
    weight: words.weight[row] ?? null,
    sent: sentAt(words, place),
    read: read.length === 0 ? null : Object.fromEntries(read),
  };
}

/** The router counts anew with each weight. */
function sentAt({ sent, weight }: RecordingWords, place: Place): RecordedLook['sent'] {
  const { row } = place;
  if (sent === undefined) return null;
  const isAnew = row === 0 || weight[row] !== weight[row - 1];
  const since = (column: Column): number => {
    const [now, before] = [column[row] ?? 0, isAnew ? 0 : (column[row - 1] ?? 0)];
    return partOf(now < before ? now : now - before, place);
  };
  return cell(sent.canary, row) === null ? null : { canary: since(sent.canary), stable: since(sent.stable) };
}

/** Whole numbers in whole parts. */
function partOf(total: number, { part, parts }: Place): number {
  if (parts === 1) return total;
  if (!Number.isInteger(total)) return total / parts;
  return Math.floor((total * (part + 1)) / parts) - Math.floor((total * part) / parts);
}

function readingAt(columns: ReadWords, place: Place): RecordedReading | null {
  const { row } = place;
  const { age, counts, firing, level, nothing, volume } = columns;
  const none = nothing?.find(({ look, times }) => row + 1 >= look && row + 1 < look + (times ?? 1));
  if (none !== undefined) return { kind: 'nothing', reason: none.reason, message: none.why };
  const atMs = place.atMs - ms(age?.[row] ?? 0);
  if (counts !== undefined && cell(counts.canary.events, row) !== null) return countsAt(counts, place, atMs);
  const own = cell(level?.canary, row);
  if (own !== null) return { kind: 'level', atMs, canary: own, stable: cell(level?.stable, row) };
  const now = cell(volume?.now, row);
  if (now !== null) return { kind: 'volume', atMs, now, then: cell(volume?.then, row) };
  if (firing === undefined || cell(age, row) === null) return null;
  const since = (column: Column): { readonly sinceMs: number | null } | null => {
    const seconds = column[row] ?? null;
    return seconds === null ? null : { sinceMs: seconds < 0 ? null : place.atMs - ms(seconds) };
  };
  return {
    kind: 'alert',
    atMs,
    canary: since(firing.canary),
    stable: since(firing.stable),
    neither: since(firing.neither),
  };
}

type CountColumns = NonNullable<ReadWords['counts']>;

function countsAt({ canary, compared, slower, stable }: CountColumns, place: Place, atMs: number): RecordedReading {
  const { row } = place;
  const of = ({ bad, events }: CountColumns['canary']): Counts => {
    const failed = bad?.[row] ?? 0;
    // Good and bad ones are split apart, so that no part has more bad ones than it has any.
    const [good, wrong] = [partOf((events[row] ?? 0) - failed, place), partOf(failed, place)];
    return { events: good + wrong, bad: wrong };
  };
  const toAgo = ms(compared.to[row] ?? 0);
  const fromMs = place.part === 0 ? rowEnd(place) - ms(compared.from[row] ?? 0) : place.beforeMs - toAgo;
  const aligned = { fromMs, toMs: place.atMs - toAgo, canary: of(compared.canary), stable: of(compared.stable) };
  const bounds = slower?.flatMap(({ bound, ...column }) => {
    const own = column.canary[row];
    return own === undefined || own === null
      ? []
      : [{ bound, canary: partOf(own, place), stable: partOf(column.stable[row] ?? 0, place) }];
  });
  return {
    kind: 'counts',
    atMs,
    fresh: { canary: of(canary), stable: cell(stable.events, row) === null ? null : of(stable) },
    aligned: { ...aligned, ...(bounds === undefined || bounds.length === 0 ? {} : { slower: bounds }) },
  };
}

/** When the last part of the row was looked at. */
const rowEnd = ({ atMs, beforeMs, part, parts }: Place): number => atMs + (atMs - beforeMs) * (parts - 1 - part);
