/** Every write of the controllers of one plan, numbered from when the workload begins, and what befalls each. */
import type { Plan, WatchFault, WriteFault } from './fault.ts';

export interface Write {
  /** From 1; 0: before the workload, or nothing that a plan counts. */
  readonly number: number;
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

export class Ledger {
  readonly writes: Write[] = [];
  readonly requests: Request[] = [];
  readonly watched = new Set<string>();
  readonly #plan: Plan;
  #isArmed = false;
  #count = 0;
  #struck = 0;

  constructor(plan: Plan) {
    this.#plan = plan;
  }

  /** The workload begins. */
  arm(): void {
    this.#isArmed = true;
  }

  /** The workload is over: nothing strikes any more. */
  disarm(): void {
    this.#isArmed = false;
  }

  /** Whether the fault of the plan has struck. */
  get isMet(): boolean {
    return this.#struck > 0;
  }

  get count(): number {
    return this.#count;
  }

  asked(method: string, { pathname: path, searchParams }: URL): Write {
    const isDone = !searchParams.has('dryRun');
    const number = this.#isArmed && isDone && isCounted(method, path) ? ++this.#count : 0;
    const write = { number, method, path, askedAtMs: performance.now(), doneAtMs: null, code: null, answer: '' };
    if (method !== 'GET') this.writes.push(write);
    return write;
  }

  writeFault({ number }: Write): WriteFault | null {
    const { fault } = this.#plan;
    if (fault.kind !== 'write' || number === 0 || number !== fault.at) return null;
    this.#struck++;
    return fault.fault;
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
