/** The time now, for what counts down or grows old: the component that asks is drawn again each second. */
import { useEffect, useState } from 'preact/hooks';

/** Epoch ms, by this browser's clock. */
export const useNow = (): number => {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
};
