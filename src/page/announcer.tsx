/** Says aloud what is decided while the reader is here; what was there before is not said. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { LogEntry } from '../release/log.ts';

export const Announcer = ({ log }: { readonly log: readonly LogEntry[] }) => {
  const known = useRef(0);
  const [said, say] = useState('');
  useEffect(() => {
    const news = log.slice(known.current).filter(({ kind }) => kind === 'decision' || kind === 'action');
    if (known.current > 0 && news.length > 0) say(news.map(({ message }) => message).join(' '));
    known.current = log.length;
  }, [log]);
  return (
    <p class="unseen" aria-live="polite">
      {said}
    </p>
  );
};
