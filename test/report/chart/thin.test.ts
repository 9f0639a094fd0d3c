import fc from 'fast-check';
import { expect, it } from 'vitest';
import { thin } from '../../../src/report/chart/thin.ts';

const points = fc.array(
  fc.record({ gap: fc.integer({ min: 1, max: 90_000 }), value: fc.option(fc.double({ noNaN: true })) }),
  {
    maxLength: 400,
  },
);

const heightOf = ({ value }: { readonly value: number | null }): number | null => value;

it('keeps few points, in order, the newest always', () => {
  fc.assert(
    fc.property(points, fc.integer({ min: 2, max: 60 }), (made, most) => {
      let atMs = 0;
      const all = made.map(({ gap, value }) => ({ atMs: (atMs += gap), value }));
      const kept = thin(all, most, heightOf);
      expect(kept.length).toBeLessThanOrEqual(most);
      expect(kept.at(-1)).toBe(all.at(-1));
      const places = kept.map((point) => all.indexOf(point));
      expect(places).toEqual([...new Set(places)].sort((a, b) => a - b));
    }),
  );
});

it('loses no peak: one bad look of thousands is seen', () => {
  const all = Array.from({ length: 5_000 }, (_, at) => ({ atMs: 1_000 * at, value: at === 3_333 ? 0.9 : 0.001 }));
  const kept = thin(all, 500, heightOf);
  expect(kept.length).toBeGreaterThan(490);
  expect(kept.map(({ value }) => value)).toContain(0.9);
});
