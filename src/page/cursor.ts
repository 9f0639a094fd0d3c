/** One moment that all charts and the timeline point at: whoever is pointed at tells the others. */

type Listener = (atMs: number | null) => void;

export class Cursor {
  readonly #listeners = new Set<Listener>();
  #atMs: number | null = null;

  get atMs(): number | null {
    return this.#atMs;
  }

  /** Answers how to stop. */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Null: nothing is pointed at. */
  point(atMs: number | null): void {
    if (atMs === this.#atMs) return;
    this.#atMs = atMs;
    for (const listener of this.#listeners) listener(atMs);
  }
}
