/** Every write of the controllers of one plan, numbered from when the workload begins, and what befalls each. */
import type { Plan, WatchFault, WriteFault } from './fault.ts';
import { writeName } from './write-name.ts';

export interface Write {
  /** From 1; 0: before the workload, or nothing that a plan counts. */
  readonly number: number;
  /** What it is for, and for which time; '' where it is not counted. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly askedAtMs: number;
  /** When the server had carried it out or refused it; null: it never answered. */
  doneAtMs: number | null;
  /** Of the server; null: it was not asked, or never answered. */
  code: number | null;
  answer: string;
}

/** Whatever a controller asked for. */
export interface Request {
  readonly kind: 'read' | 'watch' | 'write';
  readonly method: string;
  readonly path: string;
  readonly atMs: number;
}

/** A watch is struck so often in one plan. */
const strikes = 3;

/** The lease is renewed by the clock, and nobody waits for an event: neither is a step of a workload. */
const isCounted = (method: string, path: string): boolean =>
  method !== 'GET' &&
  !/\/leases(\/|$)|\/events$|\/(tokenreviews|subjectaccessreviews|selfsubjectaccessreviews)$/.test(path);

const carriesOut: ReadonlySet<WriteFault> = new Set(['kill-after', 'lose']);

export class Ledger {
  readonly writes: Write[] = [];
  readonly requests: Request[] = [];
  readonly watched = new Set<string>();
  readonly #plan: Pick<Plan, 'fault'>;
  /** Names that are still to be struck. */
  readonly #left: Set<string>;
  /** How often each was asked for, without what was held back. */
  readonly #times = new Map<string, number>();
  #isArmed = false;
  #count = 0;
  #struck = 0;

  constructor(plan: Pick<Plan, 'fault'>) {
    this.#plan = plan;
    this.#left = new Set(plan.fault.kind === 'write' ? plan.fault.at.map(({ name }) => name) : []);
  }

  /** The workload begins. */
  arm(): void {
    this.#isArmed = true;
  }

  /** The workload is over: nothing strikes any more. */
  disarm(): void {
    this.#isArmed = false;
  }

  /** How often the plan has struck. */
  get struckTimes(): number {
    return this.#struck;
  }

  /** Of the plan's writes: those that never came. */
  get unmet(): ReadonlySet<string> {
    return this.#left;
  }

  /** Names of the writes that count, in their order. */
  get names(): readonly string[] {
    return this.writes.flatMap(({ name, number }) => (number > 0 ? [name] : []));
  }

  asked(method: string, { pathname: path, searchParams }: URL, body = ''): Write {
    const isDone = !searchParams.has('dryRun');
    const number = this.#isArmed && isDone && isCounted(method, path) ? ++this.#count : 0;
    const name = number === 0 ? '' : this.#named(writeName(method, path, body));
    const write = { number, name, method, path, askedAtMs: performance.now(), doneAtMs: null, code: null, answer: '' };
    if (method !== 'GET') this.writes.push(write);
    return write;
  }

  #named(what: string): string {
    const times = (this.#times.get(what) ?? 0) + 1;
    this.#times.set(what, times);
    return `${what} #${times}`;
  }

  writeFault({ name }: Write): WriteFault | null {
    const { fault } = this.#plan;
    if (fault.kind !== 'write' || !this.#left.delete(name)) return null;
    this.#struck++;
    if (!carriesOut.has(fault.fault)) this.#repeated(name);
    return fault.fault;
  }

  /** What is not carried out is asked for again: that is the same time. */
  #repeated(name: string): void {
    const what = name.slice(0, name.lastIndexOf(' #'));
    this.#times.set(what, (this.#times.get(what) ?? 1) - 1);
  }

  /** Every request, whatever befalls it. */
  heard(method: string, { pathname: path, searchParams }: URL): void {
    const look = searchParams.get('watch') === 'true' ? 'watch' : 'read';
    this.requests.push({ kind: method === 'GET' ? look : 'write', method, path, atMs: performance.now() });
  }

  /** Asked for every event of a watch. */
  watchFault(kind: string): WatchFault | null {
    const { fault } = this.#plan;
    this.watched.add(kind);
    if (fault.kind !== 'watch' || !this.#isArmed || fault.at !== kind || this.#struck >= strikes) return null;
    this.#struck++;
    return fault.fault;
  }

  struck(): void {
    this.#struck++;
  }
}
