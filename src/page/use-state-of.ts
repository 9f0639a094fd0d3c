/** The store's state in a component that is drawn again when it changes. */
import { useEffect, useState } from 'preact/hooks';
import type { State } from './state.ts';
import type { Store } from './store.ts';

export const useStateOf = (store: Store): State => {
  const [state, setState] = useState(store.state);
  useEffect(() => {
    setState(store.state);
    return store.listen(() => setState(store.state));
  }, [store]);
  return state;
};
