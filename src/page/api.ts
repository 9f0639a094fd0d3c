/** The controller's HTTP API as the page asks it: JSON in, JSON out, and every failure a sentence. */
import { failed, ok, type Result } from '../lib/result.ts';

export interface Failure {
  /** 0: there was no answer. */
  readonly status: number;
  readonly reason: string;
  readonly message: string;
}

export type Answer<T> = Result<T, Failure>;

/** Longer than the server takes for any of its answers. */
const patienceMs = 15_000;

const tokenKey = 'sluice.token';

export class Api {
  /** Kept as long as the tab, and sent to nobody else. */
  get token(): string | null {
    return sessionStorage.getItem(tokenKey);
  }

  set token(token: string | null) {
    if (token === null) sessionStorage.removeItem(tokenKey);
    else sessionStorage.setItem(tokenKey, token);
  }

  get headers(): Readonly<Record<string, string>> {
    const { token } = this;
    return token === null ? {} : { Authorization: `Bearer ${token}` };
  }

  get<T>(path: string): Promise<Answer<T>> {
    return this.#ask(path, { headers: this.headers });
  }

  /** A document instead of JSON. */
  async text(path: string): Promise<Answer<string>> {
    try {
      const response = await fetch(`api/v1/${path}`, {
        headers: this.headers,
        signal: AbortSignal.timeout(patienceMs),
      });
      return response.ok ? ok(await response.text()) : failed(await failureIn(response));
    } catch (error) {
      return failed(noAnswer(error));
    }
  }

  post<T>(path: string, body: object): Promise<Answer<T>> {
    const headers = { ...this.headers, 'Content-Type': 'application/json' };
    return this.#ask(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  async #ask<T>(path: string, init: RequestInit): Promise<Answer<T>> {
    try {
      const response = await fetch(`api/v1/${path}`, { ...init, signal: AbortSignal.timeout(patienceMs) });
      return response.ok ? ok((await response.json()) as T) : failed(await failureIn(response));
    } catch (error) {
      return failed(noAnswer(error));
    }
  }
}

export const failureIn = async (response: Response): Promise<Failure> => {
  const { status } = response;
  try {
    const body = (await response.json()) as Partial<Failure>;
    return { status, reason: body.reason ?? 'Unknown', message: body.message ?? response.statusText };
  } catch {
    return { status, reason: 'Unknown', message: `the server answers ${status} ${response.statusText}`.trim() };
  }
};

export const noAnswer = (error: unknown): Failure => {
  const isLate = error instanceof DOMException && error.name === 'TimeoutError';
  return {
    status: 0,
    reason: 'NoAnswer',
    message: isLate ? `no answer within ${patienceMs / 1_000} s` : 'the controller does not answer',
  };
};
