/** A view that nothing is asked for until somebody looks. */
import { ClusterView, type ViewOptions } from './view.ts';

export class LazyView {
  readonly #options: ViewOptions;
  #view: ClusterView | null = null;

  constructor(options: ViewOptions) {
    this.#options = options;
  }

  open(): ClusterView {
    this.#view ??= new ClusterView(this.#options);
    return this.#view;
  }

  /** To be called when nobody opens it any more. */
  close(): void {
    this.#view?.close();
  }
}
