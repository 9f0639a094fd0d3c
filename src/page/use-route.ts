/** Where the reader is; another part behind the `#` is another page. */
import { useEffect, useState } from 'preact/hooks';
import { type Route, routeOf } from './route.ts';

export const useRoute = (): Route => {
  const [hash, setHash] = useState(location.hash);
  useEffect(() => {
    const moved = (): void => setHash(location.hash);
    addEventListener('hashchange', moved);
    // Since the first drawing nobody listened.
    moved();
    return () => removeEventListener('hashchange', moved);
  }, []);
  return routeOf(hash);
};
