/** Two looks made one: nothing that was counted is lost, only when within the two it was. */
import type { Brief, JournalSpan } from './journal-span.ts';

type CountsBrief = Extract<Brief, { readonly t: unknown }>;

/** `strict`: only what is of one kind; `loose`: also looks of which one had no data. Weights, and what a start divides, are never merged. */
export type Alike = 'strict' | 'loose';

/** Neighbours two by two; what does not go together stays as it is. */
export function mergePairs(spans: readonly JournalSpan[], alike: Alike): readonly JournalSpan[] {
  const merged: JournalSpan[] = [];
  for (let at = 0; at < spans.length; at += 1) {
    const [span, next] = [spans[at], spans[at + 1]];
    if (span === undefined) break;
    if (next !== undefined && goTogether(span, next, alike)) {
      merged.push(merge(span, next));
      at += 1;
    } else merged.push(span);
  }
  return merged;
}

function goTogether(older: JournalSpan, newer: JournalSpan, alike: Alike): boolean {
  if (older.weight !== newer.weight || older.start !== undefined || newer.start !== undefined) return false;
  if ((older.sent === null) !== (newer.sent === null) || older.trend !== newer.trend) return false;
  const [names, others] = [Object.keys(older.read), Object.keys(newer.read)];
  if ((names.length === 0) !== (others.length === 0)) return false;
  return alike === 'loose' || names.every((name) => sortOf(older.read[name]) === sortOf(newer.read[name]));
}

/** Of alerts also which of them fire: that is all they say. */
function sortOf(brief: Brief | undefined): string {
  if (brief === undefined) return 'none';
  if ('firing' in brief) return `firing ${brief.firing.map((since) => since !== null).join(' ')}`;
  if ('nothing' in brief) return brief.nothing;
  if ('t' in brief) return boundsOf(brief);
  return 'level' in brief ? `level ${brief.level[1] === null}` : 'volume';
}

const boundsOf = ({ slower, stable }: CountsBrief): string =>
  `counts ${stable[0] === null} ${(slower ?? []).map(([bound]) => bound).join(' ')}`;

function merge(older: JournalSpan, newer: JournalSpan): JournalSpan {
  const names = new Set([...Object.keys(older.read), ...Object.keys(newer.read)]);
  const shares = { older, newer, agoMs: newer.toMs - older.toMs };
  const read = [...names].map((name) => [name, mergeBriefs(older.read[name], newer.read[name], shares)] as const);
  return {
    ...newer,
    looks: older.looks + newer.looks,
    read: Object.fromEntries(read.flatMap(([name, brief]) => (brief === undefined ? [] : [[name, brief] as const]))),
  };
}

interface Shares {
  readonly older: JournalSpan;
  readonly newer: JournalSpan;
  readonly agoMs: number;
}

function mergeBriefs(a: Brief | undefined, b: Brief | undefined, shares: Shares): Brief | undefined {
  if (a === undefined || 'nothing' in a) return b === undefined || ('nothing' in b && a !== undefined) ? (b ?? a) : b;
  if (b === undefined || 'nothing' in b) return later(a, shares.agoMs);
  if ('t' in a && 't' in b) return sum(a, b, shares.agoMs);
  if ('level' in a && 'level' in b) return meanLevel(a.level, b, shares);
  return b;
}

/** As it looks from a look that much later. */
function later(brief: Brief, agoMs: number): Brief {
  if ('nothing' in brief) return brief;
  if (!('t' in brief)) return { ...brief, age: brief.age + agoMs };
  const [sample, from, to] = brief.t;
  return { ...brief, t: [sample + agoMs, from + agoMs, to + agoMs] };
}

const round = (value: number): number => Number(value.toPrecision(9));

/** Response times that were compared at other bounds are not compared any more; what was counted of them stays. */
function sum(a: CountsBrief, b: CountsBrief, agoMs: number): CountsBrief {
  const sameBounds = boundsOf(a).split(' ').slice(2).join() === boundsOf(b).split(' ').slice(2).join();
  const arm = (one: CountsBrief['canary'], two: CountsBrief['canary']): CountsBrief['canary'] => [
    one[0] === null && two[0] === null ? null : round((one[0] ?? 0) + (two[0] ?? 0)),
    round(one[1] + two[1]),
    sameBounds ? round(one[2] + two[2]) : two[2],
    sameBounds ? round(one[3] + two[3]) : two[3],
  ];
  const slower = b.slower?.map(
    ([bound, canary, stable], at) =>
      [
        bound,
        round(canary + (sameBounds ? (a.slower?.[at]?.[1] ?? 0) : 0)),
        round(stable + (sameBounds ? (a.slower?.[at]?.[2] ?? 0) : 0)),
      ] as const,
  );
  return {
    canary: arm(a.canary, b.canary),
    stable: arm(a.stable, b.stable),
    t: [b.t[0], Math.max(b.t[1], a.t[1] + agoMs), b.t[2]],
    ...(slower === undefined ? {} : { slower }),
  };
}

type Level = Extract<Brief, { readonly level: unknown }>;

/** What it was on the average: a peak of one look is no peak of many. */
function meanLevel(a: Level['level'], b: Level, { older, newer }: Shares): Level {
  const looks = older.looks + newer.looks;
  const mean = (one: number, two: number): number => round((one * older.looks + two * newer.looks) / looks);
  const [canary, stable] = b.level;
  return { ...b, level: [mean(a[0], canary), stable === null || a[1] === null ? stable : mean(a[1], stable)] };
}
