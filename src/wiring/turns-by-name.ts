/** Work on one thing at a time: what is asked of the same name begins when what was asked before has ended. */
export class TurnsByName {
  readonly #last = new Map<string, Promise<unknown>>();

  take<T>(name: string, work: () => Promise<T>): Promise<T> {
    const turn = (this.#last.get(name) ?? Promise.resolve()).then(work);
    // Whoever asked hears of a failure; who comes next does not.
    const settled = turn.catch(() => {});
    this.#last.set(name, settled);
    return turn;
  }
}
