/** The Kubernetes API as Sluice speaks it: objects by path, every failure a value with a name, deadlines, and an order of who goes first. */

import { failed, ok, type Result } from '../lib/result.ts';
import type { Access } from './access.ts';
import { linesOf, send, textOf } from './exchange.ts';
import { type KubeObject, kubeObject, listPage } from './object.ts';
import { type Asked, isRead, type KubeProblem, kubeProblem, problemOfAnswer } from './problem.ts';
import { Turns, type Urgency } from './turns.ts';

export type Asking<T> = Promise<Result<T, KubeProblem>>;

export interface ClientOptions {
  /** Of one whole exchange, milliseconds; a write given up then has an unknown outcome. */
  readonly readWithinMs?: number;
  readonly writeWithinMs?: number;
  /** Ordinary calls under way at once. */
  readonly most?: number;
  /** Objects on one page of a list. */
  readonly pageSize?: number;
}

export interface WriteOptions {
  readonly urgency?: Urgency;
}

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  /** Server-side apply. */
  apply: 'application/apply-patch+yaml',
} as const;

export interface Patch extends WriteOptions {
  readonly type: keyof typeof patchTypes;
  readonly body: unknown;
  /** Takes fields from other managers; only with `apply`. */
  readonly force?: true;
}

export interface KubeList {
  /** Version of the whole list, to watch from. */
  readonly version: string;
  readonly objects: readonly KubeObject[];
}

export type Query = Readonly<Record<string, string>>;

interface Call extends Asked {
  readonly body?: unknown;
  readonly contentType?: string;
  readonly urgency?: Urgency;
}

/** A date is told in whole seconds: on average it is older by so much. */
const halfSecondMs = 500;

/** Name under which the server records who owns which field. */
const fieldManager = 'sluice';

export class KubeClient {
  readonly access: Access;
  readonly #options: Required<ClientOptions>;
  readonly #turns: Turns;
  #aheadMs = 0;

  constructor(access: Access, options: ClientOptions = {}) {
    this.access = access;
    this.#options = { readWithinMs: 15_000, writeWithinMs: 5_000, most: 16, pageSize: 500, ...options };
    this.#turns = new Turns(this.#options.most, () => performance.now());
  }

  /** By how much the server's clock is ahead of this machine's, to a second, as its last answer told. */
  get aheadMs(): number {
    return this.#aheadMs;
  }

  /** As it is now: the server asks etcd, not its cache. */
  get(path: string, { urgency = 'ordinary' }: WriteOptions = {}): Asking<KubeObject> {
    return this.#object({ method: 'GET', path, urgency });
  }

  /** What no object is: the log of a container. */
  text(path: string, query: Query = {}): Asking<string> {
    return this.#text({ method: 'GET', path: withQuery(path, query) });
  }

  create(path: string, body: unknown): Asking<KubeObject> {
    return this.#object({ method: 'POST', path: withQuery(path, { fieldManager }), body });
  }

  /** Asks a question that is put as an object, and keeps none: a review. */
  review(path: string, body: unknown): Asking<unknown> {
    return this.#json({ method: 'POST', path, body });
  }

  /** Conditional on the body's `metadata.resourceVersion`. */
  replace(path: string, body: unknown, { urgency = 'ordinary' }: WriteOptions = {}): Asking<KubeObject> {
    return this.#object({ method: 'PUT', path: withQuery(path, { fieldManager }), body, urgency });
  }

  patch(path: string, { type, body, force, urgency = 'ordinary' }: Patch): Asking<KubeObject> {
    const query = { fieldManager, ...(force === true ? { force: 'true' } : {}) };
    return this.#object({
      method: 'PATCH',
      path: withQuery(path, query),
      body,
      contentType: patchTypes[type],
      urgency,
    });
  }

  /** `uid`: only that very object. Options go into the body: with one, the server reads none from the address. */
  async delete(
    path: string,
    { uid, ...options }: { readonly uid?: string; readonly [option: string]: unknown } = {},
  ): Asking<void> {
    const preconditions = uid === undefined ? {} : { preconditions: { uid } };
    const done = await this.#json({ method: 'DELETE', path, body: { ...options, ...preconditions } });
    return done.ok ? ok(undefined) : done;
  }

  /** All pages. A list that took too long for the server to remember begins anew, once. */
  async list(path: string, query: Query = {}, urgency: Urgency = 'ordinary'): Asking<KubeList> {
    const first = await this.#pages(path, query, urgency);
    return !first.ok && first.error.reason === 'Gone' ? this.#pages(path, query, urgency) : first;
  }

  /** Lines of a watch as they come; ends when the server ends it, throws when the connection is cut. */
  async stream(path: string, query: Query, signal: AbortSignal): Asking<AsyncIterable<string>> {
    const asked = { method: 'GET', path: withQuery(path, query) };
    const begun = await this.#send(asked, signal);
    if (!begun.ok) return begun;
    const { answer } = begun.value;
    if (answer.statusCode === 200) return ok(linesOf(answer));
    return this.#refused(asked, answer);
  }

  async #pages(path: string, query: Query, urgency: Urgency): Asking<KubeList> {
    const objects: KubeObject[] = [];
    for (let from = ''; ; ) {
      const paged = { ...query, limit: String(this.#options.pageSize), ...(from === '' ? {} : { continue: from }) };
      const asked = { method: 'GET', path: withQuery(path, paged), urgency };
      const answered = await this.#json(asked);
      if (!answered.ok) return answered;
      const page = listPage.safeParse(answered.value);
      if (!page.success) return failed(garbled(asked, 'no list'));
      objects.push(...(page.data.items ?? []));
      from = page.data.metadata.continue ?? '';
      if (from === '') return ok({ version: page.data.metadata.resourceVersion, objects });
    }
  }

  async #object(call: Call): Asking<KubeObject> {
    const answered = await this.#json(call);
    if (!answered.ok) return answered;
    const object = kubeObject.safeParse(answered.value);
    return object.success ? ok(object.data) : failed(garbled(call, 'no object'));
  }

  async #json(call: Call): Asking<unknown> {
    const text = await this.#text(call);
    return text.ok ? jsonOf(call, text.value) : text;
  }

  /** A read that met a connection that had just ended is asked once more. */
  async #text(call: Call): Asking<string> {
    const first = await this.#exchange(call);
    const isLost = !first.ok && first.error.reason === 'Unreachable' && isRead(call);
    return isLost && first.error.message.includes('ECONNRESET') ? this.#exchange(call) : first;
  }

  #exchange(call: Call): Asking<string> {
    return this.#turns.take(call.urgency ?? 'ordinary', async () => {
      const { readWithinMs, writeWithinMs } = this.#options;
      const begun = await this.#send(call, AbortSignal.timeout(isRead(call) ? readWithinMs : writeWithinMs));
      if (!begun.ok) return begun;
      const { answer } = begun.value;
      return (answer.statusCode ?? 0) >= 300 ? this.#refused(call, answer) : textOf(call, answer);
    });
  }

  async #send({ method, path, body, contentType = 'application/json' }: Call, signal: AbortSignal) {
    const credentials = await this.access.credentials();
    if (!credentials.ok) return credentials;
    const text = body === undefined ? null : JSON.stringify(body);
    const { ended } = this.access;
    const until = ended === undefined ? signal : AbortSignal.any([signal, ended]);
    const sending = { method, path, contentType, body: text, signal: until };
    const begun = await send({ ...sending, server: this.access.server, credentials: credentials.value });
    if (!begun.ok) return begun;
    const aheadMs = Date.parse(begun.value.headers.date ?? '') + halfSecondMs - Date.now();
    if (Number.isFinite(aheadMs)) this.#aheadMs = aheadMs;
    return ok({ answer: begun.value });
  }

  async #refused(asked: Asked, answer: Parameters<typeof textOf>[1]): Asking<never> {
    const text = await textOf(asked, answer);
    const problem = problemOfAnswer(asked, {
      code: answer.statusCode ?? 0,
      text: text.ok ? text.value : '',
      retryAfter: answer.headers['retry-after'],
    });
    if (problem.reason === 'Throttled') this.#turns.quietFor(problem.retryAfterMs ?? 1_000);
    return failed(problem);
  }
}

const withQuery = (path: string, query: Query): string => {
  const text = new URLSearchParams(query).toString();
  return text === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${text}`;
};

/** A write that was answered with success was done, whatever else the answer says. */
const garbled = (asked: Asked, what: string): KubeProblem =>
  kubeProblem(isRead(asked) ? 'Garbled' : 'Unknown', `${asked.method} ${asked.path}: the answer is ${what}`);

function jsonOf(asked: Asked, text: string): Result<unknown, KubeProblem> {
  try {
    return ok(JSON.parse(text) as unknown);
  } catch {
    return failed(garbled(asked, `no JSON: ${text.slice(0, 100)}`));
  }
}
