/** The journal of a release's looks: bounded however long it takes, and nothing that was counted is lost before it must be. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Journal, mostBytes, type Row, type Shelf } from '../../src/release/journal.ts';
import { mergePairs } from '../../src/release/journal-merge.ts';
import { briefOf, type JournalSpan } from '../../src/release/journal-span.ts';
import { anySpans, counted, span, totalOf } from '../support/journal-spans.ts';

type Kept = Row & { readonly document: string };

/** Rows of one release in memory, the most bytes they ever had, and how often one was written. */
class MeasuredShelf implements Shelf {
  kept: Kept[] = [];
  peakBytes = 0;
  writes = 0;
  reads = 0;
  over = false;

  rows = (): readonly Row[] => {
    this.reads += 1;
    return this.kept;
  };

  isOver = (): boolean => this.over;

  documents = (_: string, from: Pick<Row, 'first' | 'last'>): readonly string[] =>
    this.kept.filter((row) => isWithin(row, from)).map(({ document }) => document);

  put = (_: string, row: Omit<Row, 'bytes'>, document: string): void => {
    this.writes += 1;
    this.kept = [...this.kept, { ...row, bytes: document.length, document }].sort((a, b) => a.last - b.last);
  };

  drop = (_: string, from: Pick<Row, 'first' | 'last'>): void => {
    this.kept = this.kept.filter((row) => !isWithin(row, from));
  };

  measure(): void {
    this.peakBytes = Math.max(
      this.peakBytes,
      this.kept.reduce((sum, { bytes }) => sum + bytes, 0),
    );
  }
}

const isWithin = ({ last }: Row, from: Pick<Row, 'first' | 'last'>): boolean => last >= from.first && last <= from.last;

function journalOf(spans: Iterable<JournalSpan>) {
  const shelf = new MeasuredShelf();
  const journal = new Journal(shelf);
  for (const each of spans) {
    journal.note('app-1', each);
    shelf.measure();
  }
  return { shelf, journal, ...journal.read('app-1') };
}

function* looks(n: number, words: (at: number) => Partial<JournalSpan> = () => ({})): Generator<JournalSpan> {
  for (let at = 1; at <= n; at += 1) yield span(at, words(at));
}

describe('a journal', () => {
  it('gives back every look of a short release as it was', () => {
    const spans = [...looks(300)];
    expect(journalOf(spans)).toMatchObject({ spans, cut: false });
    expect(journalOf([])).toMatchObject({ spans: [], cut: false });
  });

  it('stays in bounds over three and a half days at 15 s and 6 rules, counts everything, and leaves the newest looks alone', () => {
    const six = (at: number) => ({
      read: Object.fromEntries(
        ['a', 'b', 'c', 'd', 'e', 'f'].map((rule) => [rule, counted(251, at % 9 === 0 ? 1 : 0)]),
      ),
    });
    const spans = [...looks(20_000, six)];
    const { cut, shelf, spans: kept } = journalOf(spans);
    expect(cut).toBe(false);
    expect(shelf.peakBytes).toBeLessThan(1.1 * mostBytes);
    expect(totalOf(kept, 'a')).toEqual(totalOf(spans, 'a'));
    expect(kept.reduce((sum, { looks: n }) => sum + n, 0)).toBe(20_000);
    expect(kept.slice(-60)).toEqual(spans.slice(-60));
    // Each look is written once, and again a few times when it is joined and merged, however long the release.
    expect(shelf.writes).toBeLessThan(1.2 * spans.length);
  });

  it('is the same for the next controller', () => {
    const spans = [...looks(3_000)];
    const shelf = new MeasuredShelf();
    for (let at = 0; at < spans.length; at += 7) {
      const journal = new Journal(shelf);
      for (const each of spans.slice(at, at + 7)) journal.note('app-1', each);
    }
    expect(new Journal(shelf).read('app-1').spans).toEqual(journalOf(spans).spans);
  });

  it('remembers the rows of a release that runs, and lets those of an ended one go', () => {
    const shelf = new MeasuredShelf();
    const journal = new Journal(shelf);
    const [first, second, third, fourth] = [...looks(4)] as [JournalSpan, JournalSpan, JournalSpan, JournalSpan];
    journal.note('app-1', first);
    journal.note('app-1', second);
    expect(shelf.reads).toBe(1);
    shelf.over = true;
    journal.ended('app-1');
    journal.note('app-1', third);
    journal.note('app-1', fourth);
    expect(shelf.reads).toBe(3);
    expect(journal.read('app-1').spans).toEqual([first, second, third, fourth]);
  });

  it('is cut where nothing can be merged, and says so', () => {
    const { cut, shelf, spans } = journalOf(looks(20_000, (at) => ({ weight: at % 2 })));
    expect(cut).toBe(true);
    expect(shelf.peakBytes).toBeLessThan(1.1 * mostBytes);
    expect(spans.at(-1)).toEqual(span(20_000, { weight: 0 }));
  });

  it('holds whatever comes: in bounds, in order, nothing counted twice', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(anySpans(1_500), (spans) => {
        const { cut, shelf, spans: kept } = journalOf(spans);
        expect(shelf.peakBytes).toBeLessThan(1.1 * mostBytes);
        for (const [at, each] of kept.entries()) expect(each.toMs).toBeGreaterThan(kept[at - 1]?.toMs ?? 0);
        for (const rule of ['error_rate', 'response_time_p95']) {
          if (cut) continue;
          for (const [at, sum] of totalOf(kept, rule).entries())
            expect(sum).toBeCloseTo(totalOf(spans, rule)[at] ?? 0, 3);
        }
      }),
      { numRuns: 20 },
    );
  });
});

describe('looks that are merged', () => {
  const one = { level: [0.2, 0.5], age: 100 } as const;
  const two = { level: [0.6, 0.5], age: 100 } as const;

  it('add what was counted, average what is a level, and keep the later time', () => {
    const pair = [
      span(1, { read: { e: counted(10, 1), cpu: one } }),
      span(2, { read: { e: counted(20, 3), cpu: two } }),
    ];
    expect(mergePairs(pair, 'strict')).toEqual([
      {
        ...span(2),
        looks: 2,
        read: {
          e: { canary: [30, 4, 30, 4], stable: [90, 0, 90, 0], t: [400, 30_400, 400] },
          cpu: { level: [0.4, 0.5], age: 100 },
        },
      },
    ]);
  });

  it.each<[string, JournalSpan, JournalSpan]>([
    ['two weights', span(1), span(2, { weight: 50 })],
    ['a restart of the controller', span(1), span(2, { start: 'controller' })],
    ['after one', span(1, { start: 'controller' }), span(2)],
    ['a look without an answer', span(1), span(2, { read: {} })],
    [
      'an alert that begins to fire',
      span(1, { read: { a: { firing: [null, null, null], age: 0 } } }),
      span(2, { read: { a: { firing: [0, null, null], age: 0 } } }),
    ],
    ['data and none', span(1), span(2, { read: { error_rate: { nothing: 'Stale', why: 'old' } } })],
  ])('are never of %s', (_, older, newer) => {
    expect(mergePairs([older, newer], 'strict')).toEqual([older, newer]);
  });

  it('keep the counts of the one that has data, where there is no other way', () => {
    const down = span(2, { read: { error_rate: { nothing: 'SourceDown', why: 'gone' } } });
    const [merged] = mergePairs([span(1), down], 'loose');
    expect(merged).toMatchObject({
      looks: 2,
      toMs: 30_000,
      read: { error_rate: { canary: [250, 0, 250, 0], t: [15_400, 30_400, 15_400] } },
    });
  });

  it('drop what was compared at other bounds, never what was counted', () => {
    const slower = (bound: number, n: number) => ({ ...counted(100, n), slower: [[bound, n, 2 * n]] }) as const;
    const pair = [
      span(1, { read: { p95: slower(0.5, 4) } }),
      span(2, { read: { p95: slower(1, 3) } }),
    ] as readonly JournalSpan[];
    expect(mergePairs(pair, 'strict')).toEqual(pair);
    expect(mergePairs(pair, 'loose')).toMatchObject([
      { read: { p95: { canary: [200, 7, 100, 3], stable: [600, 0, 300, 0], slower: [[1, 3, 6]] } } },
    ]);
  });
});

describe('a reading in few bytes', () => {
  it('has its times before the look, and a sentence of bounded length', () => {
    const fresh = { canary: { events: 10, bad: 1 }, stable: null };
    const aligned = {
      fromMs: 985_000,
      toMs: 999_000,
      canary: { events: 9.123456789, bad: 1 },
      stable: { events: 30, bad: 0 },
    };
    expect(briefOf({ kind: 'counts', atMs: 999_500, fresh, aligned }, 1_000_000)).toEqual({
      canary: [10, 1, 9.123457, 1],
      stable: [null, 0, 30, 0],
      t: [500, 15_000, 1_000],
    });
    expect(briefOf({ kind: 'nothing', atMs: 0, reason: 'Stale', message: 'x'.repeat(500) }, 0)).toEqual({
      nothing: 'Stale',
      why: 'x'.repeat(120),
    });
    expect(
      briefOf(
        { kind: 'alert', atMs: 990_000, canary: { sinceMs: 940_000 }, stable: { sinceMs: null }, neither: null },
        1_000_000,
      ),
    ).toEqual({
      firing: [60_000, -1, null],
      age: 10_000,
    });
  });
});
