/** Addresses of pods: each its own, none used again soon, so that a late request meets nobody instead of a stranger. */

const first = 16 * 256;
const last = 256 * 256 - 1;

const addressOf = (number: number): string => `10.77.${Math.floor(number / 256)}.${number % 256}`;

export class PodAddresses {
  readonly #taken = new Set<string>();
  #next = first;

  take(): string {
    for (let tries = 0; tries <= last - first; tries += 1) {
      const number = this.#next;
      this.#next = number === last ? first : number + 1;
      const address = addressOf(number);
      // .0 and .255 confuse programs that think in networks of 256.
      if (number % 256 === 0 || number % 256 === 255 || this.#taken.has(address)) continue;
      this.#taken.add(address);
      return address;
    }
    throw new Error('no address is left for a pod');
  }

  giveBack(address: string): void {
    this.#taken.delete(address);
  }
}
