/** The messages of one side of a gRPC call, followed by their prefixes: one byte whether it is compressed, four of its length. */

const prefixBytes = 5;

/**
 *   between ──prefix begins──► within ──length over──► between
 */
export class GrpcMessages {
  #prefixSeen = 0;
  #length = 0;
  /** Of the message under way. */
  #left = 0;

  /** One has begun and is not whole. */
  get isWithin(): boolean {
    return this.#left > 0 || this.#prefixSeen > 0;
  }

  /** Answers the length in bytes of the longest message whose prefix is complete by now; 0: there is none. */
  take(chunk: Buffer): number {
    let longest = 0;
    for (let at = 0; at < chunk.length; ) {
      if (this.#left > 0) {
        const passed = Math.min(this.#left, chunk.length - at);
        this.#left -= passed;
        at += passed;
      } else {
        longest = Math.max(longest, this.#prefix(chunk[at] ?? 0));
        at++;
      }
    }
    return longest;
  }

  /** One byte of it; answers the length when that was the last. */
  #prefix(byte: number): number {
    this.#prefixSeen++;
    if (this.#prefixSeen > 1) this.#length = this.#length * 256 + byte;
    if (this.#prefixSeen < prefixBytes) return 0;
    const length = this.#length;
    this.#left = length;
    this.#prefixSeen = 0;
    this.#length = 0;
    return length;
  }
}
