/**
 * The newest events, numbered, so that a listener who was cut off gets what it missed.
 *
 *     add ──► [ n-999 ... n ] ──since(id)──► the missed ones, or `gap`: too old, or another process's
 */
import type { ControlEvent } from './controls.ts';

export interface StreamEvent {
  /** `<process>-<number>`: numbers of another process mean nothing here. */
  readonly id: string;
  readonly name: 'release' | 'log';
  readonly release: string;
  /** JSON, one line. */
  readonly data: string;
}

export type Missed = { readonly kind: 'events'; readonly events: readonly StreamEvent[] } | { readonly kind: 'gap' };

const remembered = 1_000;

export class EventHistory {
  readonly #process: string;
  #events: readonly StreamEvent[] = [];
  #last = 0;

  /** `process` names this run of the program. */
  constructor(process: string) {
    this.#process = process;
  }

  add(event: ControlEvent): StreamEvent {
    this.#last += 1;
    const id = `${this.#process}-${this.#last}`;
    const added = { id, name: event.kind, release: event.release.id, data: JSON.stringify(dataOf(event)) };
    this.#events = [...this.#events.slice(1 - remembered), added];
    return added;
  }

  /** Events after the one with this id, oldest first. */
  since(id: string): Missed {
    const number = this.#numberOf(id);
    const oldest = this.#last - this.#events.length;
    if (number === null || number < oldest || number > this.#last) return { kind: 'gap' };
    return { kind: 'events', events: this.#events.slice(number - oldest) };
  }

  #numberOf(id: string): number | null {
    const number = id.startsWith(`${this.#process}-`) ? Number(id.slice(this.#process.length + 1)) : Number.NaN;
    return Number.isInteger(number) ? number : null;
  }
}

/** What changed, not the whole of it: whoever wants more reads the release. */
const dataOf = (event: ControlEvent) => {
  const { id, policy, revision, phase, weight, version } = event.release;
  const named = { id, policy, revision };
  if (event.kind === 'log') return { ...named, entry: event.entry };
  return { ...named, version, phase: phase.phase, desired: weight.desired, applied: weight.applied };
};
