/** Who asks, and what they may: reading and acting are two rights. */
import type { Key } from './http-token.ts';

export interface Me {
  /** For people. */
  readonly who: string;
  /** As the reviewer says; left out: none are known. */
  readonly groups?: readonly string[];
  readonly rights: readonly ('read' | 'act')[];
  /** Why orders are refused; null: they are not. */
  readonly why: string | null;
}

export const mayOnlyRead = 'this token may only read: orders need one of --token-file';

/** `key` null: the server wants none, and this machine alone may ask. */
export const meBy = (key: Key | null): Me => {
  if (key === null) return { who: 'somebody on this machine', rights: ['read', 'act'], why: null };
  const who = key.name ?? `somebody with a token for ${key.only === 'read' ? 'reading' : 'acting'}`;
  return key.only === 'read'
    ? { who, rights: ['read'], why: mayOnlyRead }
    : { who, rights: ['read', 'act'], why: null };
};
