/** From what was kept of a look back to the reading that the judge had; numbers as they were rounded then. */
import type { Firing, Reading } from '../metrics/reading.ts';
import type { Brief } from './journal-span.ts';

/** `nowMs`: when the look was, epoch ms. */
export function readingOf(brief: Brief, nowMs: number): Reading {
  if ('nothing' in brief) return { kind: 'nothing', atMs: nowMs, reason: brief.nothing, message: brief.why };
  if ('t' in brief) return countsOf(brief, nowMs);
  const atMs = nowMs - brief.age;
  if ('level' in brief) return { kind: 'level', atMs, canary: brief.level[0], stable: brief.level[1] };
  if ('volume' in brief) return { kind: 'volume', atMs, now: brief.volume[0], then: brief.volume[1] };
  const [canary, stable, neither] = brief.firing.map((since) => firingOf(since, nowMs));
  return { kind: 'alert', atMs, canary: canary ?? null, stable: stable ?? null, neither: neither ?? null };
}

const firingOf = (since: number | null, nowMs: number): Firing | null =>
  since === null ? null : { sinceMs: since < 0 ? null : nowMs - since };

function countsOf({ canary, slower, stable, t }: Extract<Brief, { readonly t: unknown }>, nowMs: number): Reading {
  const [sample, from, to] = t;
  return {
    kind: 'counts',
    atMs: nowMs - sample,
    fresh: {
      canary: { events: canary[0] ?? 0, bad: canary[1] },
      stable: stable[0] === null ? null : { events: stable[0], bad: stable[1] },
    },
    aligned: {
      fromMs: nowMs - from,
      toMs: nowMs - to,
      canary: { events: canary[2], bad: canary[3] },
      stable: { events: stable[2], bad: stable[3] },
      ...(slower === undefined
        ? {}
        : { slower: slower.map(([bound, own, others]) => ({ bound, canary: own, stable: others })) }),
    },
  };
}
