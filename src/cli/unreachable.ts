/** Why a controller could not be reached, and what to do about it, in one sentence. */
import { isAxiosError } from 'axios';
import type { Problem } from '../lib/result.ts';

export interface Asked {
  readonly server: string;
  /** An order may have been carried out although no answer came. */
  readonly what: 'question' | 'order';
}

export const unreachable = (error: unknown, { server, what }: Asked): Problem => {
  const code = isAxiosError(error) ? (error.code ?? '') : '';
  const doubt = what === 'order' && !neverSent.has(code) ? '; whether it was done: look with `sluice list`' : '';
  return { reason: 'Unreachable', message: `${words(error, code, server)}${doubt}`, retryable: true };
};

/** The request has never left. */
const neverSent = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

const words = (error: unknown, code: string, server: string): string => {
  switch (code) {
    case 'ECONNREFUSED':
      return `no controller answers at ${server}: start one with \`sluice run POLICY\`, or name another with --server`;
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return `nobody knows the name in ${server}: check --server`;
    case 'ECONNRESET':
      return `no controller answers at ${server} any more: the connection was cut`;
    case 'ECONNABORTED':
    case 'ETIMEDOUT':
      return `${server} took the request and has not answered in time: is it a controller, and is it well?`;
    default:
      return `${server} could not be asked: ${error instanceof Error && error.message !== '' ? error.message : code}`;
  }
};
