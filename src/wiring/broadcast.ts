/** Tells everybody who listens; one that throws harms nobody. */

export interface Broadcast<T> {
  tell(event: T): void;
  /** Answers how to stop listening. */
  listen(listener: (event: T) => void): () => void;
}

export function broadcast<T>(failed: (thrown: unknown) => void): Broadcast<T> {
  const listeners = new Set<(event: T) => void>();
  return {
    tell: (event) => {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (thrown) {
          failed(thrown);
        }
      }
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
