/** Sessions that stay with their version: a cookie names the version, and holds for as long as that one has traffic. */
import { createHash } from 'node:crypto';
import type { Backend } from '../deck.ts';
import type { Route } from '../route.ts';
import type { ProxySettings } from './settings.ts';

export type Sticky = NonNullable<ProxySettings['sticky']>;

/** Tells nothing but whether two are the same. */
const tokenOf = (revision: string): string => createHash('sha256').update(revision).digest('base64url').slice(0, 16);

/** The route's part in it. */
export type Split = Pick<Route, 'canary' | 'targets'>;

export class Sessions {
  readonly #sticky: Sticky;
  readonly #form: RegExp;
  readonly #tokens = new Map<string, string>();

  constructor(sticky: Sticky) {
    this.#sticky = sticky;
    this.#form = new RegExp(`(?:^|;) *${sticky.cookie}=([^; ]*)`);
  }

  /** Of a request's `Cookie` header; null: a new session, or one whose version has no traffic any more. */
  backendOf(cookies: string | undefined, { canary, targets }: Split): Backend | null {
    const token = cookies === undefined ? undefined : this.#form.exec(cookies)?.[1];
    if (token === undefined) return null;
    if (canary < 100 && token === this.#token(targets.stable.revision)) return 'stable';
    return canary > 0 && token === this.#token(targets.canary.revision) ? 'canary' : null;
  }

  /** The `Set-Cookie` of a session that begins on this revision. */
  cookieFor(revision: string, scheme: 'http' | 'https'): string {
    const { cookie, maxAgeMs } = this.#sticky;
    const age = maxAgeMs === null ? '' : `; Max-Age=${Math.ceil(maxAgeMs / 1_000)}`;
    return `${cookie}=${this.#token(revision)}; Path=/${age}; HttpOnly; SameSite=Lax${scheme === 'https' ? '; Secure' : ''}`;
  }

  #token(revision: string | null): string {
    // No cookie is empty and sound.
    if (revision === null) return ' ';
    const known = this.#tokens.get(revision) ?? tokenOf(revision);
    // Two versions at a time, and those are asked for with every request.
    if (this.#tokens.size > 8) this.#tokens.clear();
    this.#tokens.set(revision, known);
    return known;
  }
}
