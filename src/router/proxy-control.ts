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
const NOT_SENT = new Set(['ECONNREFUSED', 'ENOENT', 'EACCES', 'ENOTSOCK', 'ENOTDIR', 'EPERM']);

const DEADLINE_MS = 1_000;

export class ProxyControl {
  readonly socketPath: string;
  readonly #http: AxiosInstance;

  constructor(socketPath: string) {
    this.socketPath = socketPath;
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

  /** Answers the proxy's state after the call. A call without an answer within 1 s is `Unknown`, a read `Unreachable`. Never rejects. */
  async call({ method, path, body }: ControlCall): Promise<Result<ProxyState, WriteProblem>> {
    try {
      const answer = await this.#http.request<unknown>({
        method,
        url: path,
        data: body,
        signal: AbortSignal.timeout(DEADLINE_MS),
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
    if (NOT_SENT.has(code)) {
      return { reason: 'Unreachable', message: `no proxy on ${this.socketPath} (${code}): is it running?` };
    }
    const why = code === 'ERR_CANCELED' ? `no answer within ${DEADLINE_MS} ms` : cause;
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
