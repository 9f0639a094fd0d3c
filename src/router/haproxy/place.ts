/** One HAProxy: what it was last seen to be, and one job at a time on it. */
import { failed, ok, type Result } from '../../lib/result.ts';
import type { WriteProblem } from '../router.ts';
import { endpointName, type RuntimeEndpoint } from './endpoint.ts';
import { refusalIn } from './refusal.ts';
import { askRuntime, type RuntimeProblem } from './runtime-api.ts';
import { type BackendSeen, readShown, showCommands } from './show.ts';

export interface PlaceOptions {
  readonly endpoint: RuntimeEndpoint;
  /** Name of the backend in HAProxy's configuration. */
  readonly backend: string;
  /** Of one exchange. */
  readonly deadlineMs: number;
}

/** What HAProxy shows after the commands of the same exchange; `refusal`: what it said against them. */
export interface Answer {
  readonly seen: BackendSeen;
  readonly refusal: string | null;
}

/**
 *   job ──► job ──► job        a place that hangs holds up its own jobs, and nobody else's
 */
export class HaproxyPlace {
  readonly name: string;
  /** Null: never yet, or not at the last try. */
  seen: BackendSeen | null = null;
  /** Why it did not answer at the last try; null: it did. */
  missing: RuntimeProblem | null = null;
  readonly #options: PlaceOptions;
  #queue: Promise<unknown> = Promise.resolve();

  constructor(options: PlaceOptions) {
    this.#options = options;
    this.name = endpointName(options.endpoint);
  }

  inTurn<T>(job: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(job);
    this.#queue = turn.catch(() => {});
    return turn;
  }

  /** Commands, and what HAProxy shows after them, in one exchange. */
  async ask(commands: readonly string[] = []): Promise<Result<Answer, RuntimeProblem>> {
    const { endpoint, backend, deadlineMs } = this.#options;
    const changes = commands.length === 0 ? 'no' : 'yes';
    const output = await askRuntime(endpoint, [...commands, ...showCommands(backend)], { deadlineMs, changes });
    const read = output.ok ? this.#read(output.value, changes) : output;
    this.seen = read.ok ? read.value.seen : null;
    this.missing = read.ok ? null : read.error;
    return read;
  }

  /** Ends the requests that these servers have now; answers how many there were. */
  endSessions(servers: readonly string[]): Promise<Result<number, WriteProblem>> {
    return this.inTurn(async () => {
      const asked = await this.ask();
      if (!asked.ok) return asked;
      const { endpoint, backend, deadlineMs } = this.#options;
      const commands = servers.map((name) => `shutdown sessions server ${backend}/${name}`);
      const told = await askRuntime(endpoint, commands, { deadlineMs, changes: 'yes' });
      const open = servers.map((name) => asked.value.seen.servers.get(name)?.sessions ?? 0);
      return told.ok ? ok(open.reduce((sum, each) => sum + each, 0)) : told;
    });
  }

  /** Output of a question of its own. */
  async question(command: string): Promise<Result<string, WriteProblem>> {
    const { endpoint, deadlineMs } = this.#options;
    return askRuntime(endpoint, [command], { deadlineMs, changes: 'no' });
  }

  #read(output: string, changes: 'yes' | 'no'): Result<Answer, RuntimeProblem> {
    const { backend } = this.#options;
    const seen = readShown(output, backend);
    const refusal = refusalIn(output);
    if (seen !== null) return ok({ seen, refusal });
    const why =
      refusal ??
      (output === '' ? 'it closed the connection without an answer' : 'what answers is no runtime API of HAProxy');
    const reason = changes === 'yes' && output === '' ? 'Unknown' : 'Unreachable';
    return failed({ reason, message: `haproxy at ${this.name}, backend ${backend}: ${why}`, serves: 'unknown' });
  }
}
