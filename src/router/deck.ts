/** Deals requests to backends: 100 cards with as many canaries as the weight says, shuffled, so every aligned block of 100 is exact. */

export type Backend = 'canary' | 'stable';

/** A number in [0, 1). */
export type Random = () => number;

const deckSize = 100;

/**
 *   cards: │c│s│s│c│s│ ... 100 │     next ──► moves right; at the end the cards are shuffled again
 *               ▲ next               a new weight starts a new deck
 */
export class Deck {
  readonly #random: Random;
  readonly #cards: Backend[] = new Array<Backend>(deckSize).fill('stable');
  #next = deckSize;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Starts anew with `canary` cards (integer, 0-100) out of 100 for the canary. */
  restart(canary: number): void {
    this.#cards.fill('canary', 0, canary).fill('stable', canary);
    this.#next = deckSize;
  }

  draw(): Backend {
    if (this.#next >= deckSize) this.#shuffle();
    return this.#cards[this.#next++] ?? 'stable';
  }

  #shuffle(): void {
    const cards = this.#cards;
    for (let last = deckSize - 1; last > 0; last--) {
      const other = Math.floor(this.#random() * (last + 1));
      const card = cards[last] as Backend;
      cards[last] = cards[other] as Backend;
      cards[other] = card;
    }
    this.#next = 0;
  }
}
