/** Entries of the trail as the lines of its pieces: whoever may edit ConfigMaps can have put anything there. */
import { z } from 'zod';
import { parsedJson } from '../lib/parsed-json.ts';
import type { KeptSegment } from './kubernetes-segments.ts';
import type { TrailEntry } from './trail.ts';

/** Of an entry, as JSON: no single one fills a piece. */
const mostOfEntry = 8 * 1024;

const maybeText = z.string().nullable();

const trailEntry = z.looseObject({
  ...{ number: z.number(), atMs: z.number(), who: z.string(), what: z.string(), policy: z.string() },
  ...{ release: maybeText, revision: maybeText, why: z.string(), message: z.string() },
  data: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

/** A line that is no entry any more is left out here, and found by `verify`. */
export const entriesIn = (segments: readonly KeptSegment[]): readonly TrailEntry[] =>
  segments.flatMap(({ lines }) => lines.flatMap(entryIn));

const entryIn = (line: string): readonly TrailEntry[] => {
  const { data } = trailEntry.safeParse(parsedJson(line));
  return data === undefined ? [] : [data];
};

export const lineOf = (entry: TrailEntry): string => {
  const line = JSON.stringify(entry);
  if (line.length <= mostOfEntry) return line;
  const clip = (text: string): string => text.slice(0, mostOfEntry / 4);
  return JSON.stringify({ ...entry, message: clip(entry.message), why: clip(entry.why), data: { clipped: true } });
};
