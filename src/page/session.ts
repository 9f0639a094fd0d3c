/** What every part of the page may need: the server, the state, and the stream that keeps it fresh. */
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Api } from './api.ts';
import type { LiveStream } from './live-stream.ts';
import type { Store } from './store.ts';

export interface Session {
  readonly api: Api;
  readonly store: Store;
  readonly stream: LiveStream;
}

export const SessionContext = createContext<Session | null>(null);

export const useSession = (): Session => {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('a part of the page stands outside of the session');
  return session;
};
