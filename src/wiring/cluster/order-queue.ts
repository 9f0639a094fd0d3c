/**
 * Which of the orders that wait may begin: those of a policy one after the other, as they were given, so that an older one never undoes a newer one.
 *
 *   put ──► waits for the older ones of its chain, and for room ──► next ──► done
 *             └─ abort: for nothing                          └─ rest: what waits for a release to make way
 */
import { isKeeping } from './order-keeping.ts';
import type { GivenOrder } from './order-object.ts';

/** Under way at once, besides those that take traffic away. */
const most = 8;

export class OrderQueue {
  /** The oldest first. */
  readonly #waiting: GivenOrder[] = [];
  readonly #begun = new Set<GivenOrder>();

  put(order: GivenOrder): void {
    this.#waiting.push(order);
    this.#waiting.sort(byAge);
  }

  /** It has begun; null: none may. */
  next(): GivenOrder | null {
    const order = this.#waiting.find(isAbort) ?? this.#waiting.find((each, at) => this.#mayBegin(each, at));
    if (order === undefined) return null;
    this.#waiting.splice(this.#waiting.indexOf(order), 1);
    this.#begun.add(order);
    return order;
  }

  /** All that is left of it is to wait: it holds nothing up any more. */
  rest(order: GivenOrder): void {
    this.#begun.delete(order);
  }

  done(order: GivenOrder): void {
    this.#begun.delete(order);
  }

  #mayBegin(order: GivenOrder, at: number): boolean {
    const others = [...this.#begun];
    const hasRoom = takesNoRoom(order) || others.filter((each) => !takesNoRoom(each)).length < most;
    return hasRoom && ![...others, ...this.#waiting.slice(0, at)].some((each) => chainOf(each) === chainOf(order));
  }
}

const isAbort = ({ spec }: GivenOrder): boolean => spec?.action === 'abort';

/** Neither do those that may take minutes. */
const takesNoRoom = ({ spec }: GivenOrder): boolean =>
  spec !== null && (spec.action === 'abort' || spec.action === 'pause' || isKeeping(spec));

/** Results, and what is kept of a service, are about no release: they wait only for each other, and no release waits for them. */
function chainOf({ spec, uid }: GivenOrder): string {
  if (spec === null) return uid;
  if (isKeeping(spec)) return `keep ${spec.policy}`;
  return spec.action === 'attest' ? `attest ${spec.policy}` : `release ${spec.policy}`;
}

/** Times are whole seconds; within one, the versions tell. */
function byAge(a: GivenOrder, b: GivenOrder): number {
  if (a.createdAtMs !== b.createdAtMs) return a.createdAtMs - b.createdAtMs;
  const [first, second] = [a.version, b.version].map((version) => version.padStart(40, '0'));
  return (first ?? '') < (second ?? '') ? -1 : 1;
}
