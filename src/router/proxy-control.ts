/** Client of the proxy's control socket: one call, one deadline, and every failure named. */
import { Agent } from 'node:http';
import axios, { type AxiosInstance, isAxiosError } from 'axios';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { type ProxyState, proxyState, writeProblem } from './proxy/protocol.ts';
import type { WriteProblem } from './router.ts';

export interface ControlCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
}

/** Nobody was reached: the call can't have had an effect. */
const notSent = new Set(['ECONNREFUSED', 'ENOENT', 'EACCES', 'ENOTSOCK', 'ENOTDIR', 'EPERM']);

export interface ControlOptions {
  /** Of one call; default 1 s. */
  readonly deadlineMs?: number;
}

export class ProxyControl {
  readonly socketPath: string;
  readonly #deadlineMs: number;
  readonly #http: AxiosInstance;

  constructor(socketPath: string, { deadlineMs = 1_000 }: ControlOptions = {}) {
    this.socketPath = socketPath;
    this.#deadlineMs = deadlineMs;
    this.#http = axios.create({
      socketPath,
      baseURL: 'http://proxy',
      proxy: false,
      maxRedirects: 0,
      // A kept connection would fail over a restart of the proxy, with an outcome that nobody knows.
      httpAgent: new Agent({ keepAlive: false }),
      validateStatus: () => true,
    });
  }

  /** Answers the proxy's state after the call. A call without an answer in time is `Unknown`, a read `Unreachable`. Never rejects. */
  async call({ method, path, body }: ControlCall): Promise<Result<ProxyState, WriteProblem>> {
    try {
      const answer = await this.#http.request<unknown>({
        method,
        url: path,
        data: body,
        signal: AbortSignal.timeout(this.#deadlineMs),
      });
      return readAnswer(answer.status, answer.data, this.socketPath);
    } catch (error) {
      return failed(this.#unanswered(method, error));
    }
  }

  /** The state, or null when nobody answers on the socket. */
  async state(): Promise<Result<ProxyState, WriteProblem>> {
    return this.call({ method: 'GET', path: '/state' });
  }

  #unanswered(method: ControlCall['method'], error: unknown): WriteProblem {
    const code = isAxiosError(error) ? (error.code ?? '') : '';
    const cause = messageOf(error);
    if (notSent.has(code)) {
      return { reason: 'Unreachable', message: `no proxy on ${this.socketPath} (${code}): is it running?` };
    }
    const why = code === 'ERR_CANCELED' ? `no answer within ${this.#deadlineMs} ms` : cause;
    return { reason: method === 'GET' ? 'Unreachable' : 'Unknown', message: `proxy on ${this.socketPath}: ${why}` };
  }
}

function readAnswer(status: number, data: unknown, socketPath: string): Result<ProxyState, WriteProblem> {
  if (status === 200) {
    const state = proxyState.safeParse(data);
    if (state.success) return ok(state.data);
    return failed({
      reason: 'Unreachable',
      message: `what answers on ${socketPath} is no proxy of this version: ${state.error.message}`,
    });
  }
  const problem = writeProblem.safeParse(data);
  if (problem.success) return failed(problem.data);
  return failed({
    reason: 'Unreachable',
    message: `what answers on ${socketPath} is no proxy of ours: status ${status}`,
  });
}
