/** What the server answers to one question, asked when the component comes and again every half minute. */
import { useEffect, useState } from 'preact/hooks';
import type { Answer } from './api.ts';
import { useSession } from './session.ts';

const everyMs = 30_000;

/** Null: not answered yet. */
export const useAnswer = <T>(path: string): Answer<T> | null => {
  const { api, store } = useSession();
  const [answer, setAnswer] = useState<Answer<T> | null>(null);
  useEffect(() => {
    const asked = { isOver: false };
    const ask = async (): Promise<void> => {
      const answered = await api.get<T>(path);
      if (asked.isOver) return;
      if (!answered.ok && answered.error.status === 401) store.unauthorized();
      setAnswer(answered);
    };
    void ask();
    const timer = setInterval(() => void ask(), everyMs);
    return () => {
      asked.isOver = true;
      clearInterval(timer);
    };
  }, [path, api, store]);
  return answer;
};
