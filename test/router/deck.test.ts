/** The shuffled deck: exact in every block, without a pattern. */

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { seededRandom } from '../../src/cli/demo/seeded-random.ts';
import { Deck } from '../../src/router/deck.ts';

const unit = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const draw = (deck: Deck, count: number) => Array.from({ length: count }, () => deck.draw());
const canaries = (drawn: readonly string[]) => drawn.filter((backend) => backend === 'canary').length;

test('every aligned block of 100 is exact, whatever the chance', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 100 }),
      fc.array(unit, { minLength: 1, maxLength: 50 }),
      (weight, chances) => {
        let next = 0;
        const deck = new Deck(() => chances[next++ % chances.length] ?? 0);
        deck.restart(weight);
        for (let block = 0; block < 3; block++) expect(canaries(draw(deck, 100))).toBe(weight);
      },
    ),
  );
});

test('a restart forgets the rest of the block', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 0, max: 100 }),
      fc.integer({ min: 0, max: 250 }),
      (from, to, drawn) => {
        const deck = new Deck(Math.random);
        deck.restart(from);
        draw(deck, drawn);
        deck.restart(to);
        expect(canaries(draw(deck, 100))).toBe(to);
      },
    ),
  );
});

test('every place of a block gets its share', () => {
  const deck = new Deck(seededRandom(7));
  deck.restart(25);
  const counts = new Array<number>(100).fill(0);
  for (let block = 0; block < 4_000; block++) {
    for (const [place, backend] of draw(deck, 100).entries())
      if (backend === 'canary') counts[place] = (counts[place] ?? 0) + 1;
  }
  // 1,000 expected, standard deviation 27: five of them either way.
  expect(Math.min(...counts)).toBeGreaterThan(863);
  expect(Math.max(...counts)).toBeLessThan(1_137);
});
