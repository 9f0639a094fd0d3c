/** Tokens and rights that a test gives out, and what was asked for. */
import { failed, ok } from '../../src/lib/result.ts';
import type { Reviewer, Right, Subject } from '../../src/server/reviewer.ts';

export class MemoryReviewer implements Reviewer {
  /** By token. */
  readonly subjects = new Map<string, Subject>();
  /** By name: `abort releasepolicies/app`, `list releases`, `get /metrics`. */
  readonly rights = new Map<string, readonly string[]>();
  readonly asked: string[] = [];
  isDown = false;

  /** Answers the header that shows it. */
  grant(name: string, rights: readonly string[], groups: readonly string[] = []): { readonly authorization: string } {
    this.subjects.set(`token-of-${name}`, { name, groups });
    this.rights.set(name, rights);
    return { authorization: `Bearer token-of-${name}` };
  }

  async identify(token: string) {
    this.asked.push('who');
    if (this.isDown) return failed(down);
    const subject = this.subjects.get(token);
    return subject === undefined
      ? failed({ reason: 'Unauthorized', message: 'nobody knows this token', retryable: false })
      : ok(subject);
  }

  async objection({ name }: Subject, right: Right) {
    const words = wordsOf(right);
    this.asked.push(words);
    if (this.isDown) return down;
    if (this.rights.get(name)?.includes(words) === true) return null;
    return { reason: 'Forbidden', message: `${name} lacks ${words}`, retryable: false };
  }
}

const down = { reason: 'Unavailable', message: 'nobody could be asked', retryable: true };

const wordsOf = (right: Right): string =>
  right.kind === 'path'
    ? `${right.verb} ${right.path}`
    : `${right.verb} ${right.resource}${right.name === null ? '' : `/${right.name}`}`;
