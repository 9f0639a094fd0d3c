/** The Kubernetes API as the lab and its tests speak it: JSON over HTTPS, and an error for every answer that is none of success. */
import { Agent, type Dispatcher, request } from 'undici';

/** An object as the server tells it; who reads more of it says what. */
export interface KubeObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: Metadata;
}

export interface Metadata {
  readonly name: string;
  readonly namespace?: string;
  readonly uid: string;
  readonly resourceVersion: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly deletionTimestamp?: string;
  readonly deletionGracePeriodSeconds?: number;
}

export interface KubeList<T> {
  readonly metadata: { readonly resourceVersion: string };
  readonly items: readonly T[];
}

export interface ApiAccess {
  readonly server: string;
  /** null: the certificate says who it is. */
  readonly token: string | null;
  /** PEM; null: those that the system trusts. */
  readonly ca: string | null;
  /** PEM. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const;

export type PatchType = keyof typeof patchTypes;

/** What the server answered instead of what was asked for. */
export class ApiError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export class Api {
  readonly #access: ApiAccess;
  readonly #dispatcher: Agent;

  constructor(access: ApiAccess) {
    this.#access = access;
    const connect = { ...(access.ca === null ? {} : { ca: access.ca }), ...access.certificate };
    this.#dispatcher = new Agent({ connect, bodyTimeout: 0, connections: 64 });
  }

  get<T = KubeObject>(path: string): Promise<T> {
    return this.#ask<T>('GET', path);
  }

  list<T = KubeObject>(path: string): Promise<KubeList<T>> {
    return this.#ask<KubeList<T>>('GET', path);
  }

  create<T = KubeObject>(path: string, body: unknown): Promise<T> {
    return this.#ask<T>('POST', path, { body });
  }

  replace<T = KubeObject>(path: string, body: unknown): Promise<T> {
    return this.#ask<T>('PUT', path, { body });
  }

  patch<T = KubeObject>(path: string, body: unknown, type: PatchType = 'merge'): Promise<T> {
    return this.#ask<T>('PATCH', path, { body, contentType: patchTypes[type] });
  }

  /** Server-side apply: makes the object, or makes it so. */
  apply<T = KubeObject>(path: string, body: unknown): Promise<T> {
    const query = 'fieldManager=lab&force=true';
    return this.#ask<T>('PATCH', `${path}?${query}`, { body, contentType: 'application/apply-patch+yaml' });
  }

  /** Options go into the body: with one, the server reads none from the address. */
  delete(path: string, options: object = {}): Promise<unknown> {
    return this.#ask('DELETE', path, { body: options });
  }

  /** Lines of a watch or of a log, as they come. */
  async *lines(path: string, signal: AbortSignal): AsyncGenerator<string> {
    const { body } = await this.#send('GET', path, { signal });
    let rest = '';
    body.setEncoding('utf8');
    for await (const chunk of body) {
      const lines = (rest + String(chunk)).split('\n');
      rest = lines.pop() ?? '';
      yield* lines;
    }
    if (rest !== '') yield rest;
  }

  async text(path: string): Promise<string> {
    return (await this.#send('GET', path, {})).body.text();
  }

  close(): Promise<void> {
    return this.#dispatcher.destroy();
  }

  async #ask<T>(method: Dispatcher.HttpMethod, path: string, options: Asked = {}): Promise<T> {
    const { body } = await this.#send(method, path, options);
    return (await body.json()) as T;
  }

  async #send(method: Dispatcher.HttpMethod, path: string, { body, contentType, signal }: Asked) {
    const answer = await request(`${this.#access.server}${path}`, {
      method,
      dispatcher: this.#dispatcher,
      headers: {
        ...(this.#access.token === null ? {} : { authorization: `Bearer ${this.#access.token}` }),
        accept: 'application/json',
        'content-type': contentType ?? 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    if (answer.statusCode < 300) return answer;
    throw new ApiError(
      answer.statusCode,
      `${method} ${path}: ${answer.statusCode} ${messageOf(await answer.body.text())}`,
    );
  }
}

interface Asked {
  readonly body?: unknown;
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

function messageOf(text: string): string {
  try {
    return (JSON.parse(text) as { message?: string }).message ?? text;
  } catch {
    return text;
  }
}

export const hasCode =
  (code: number) =>
  (error: unknown): boolean =>
    error instanceof ApiError && error.code === code;
