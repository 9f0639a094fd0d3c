/** Shows an answer of the server once it is there, or why it is not. */
import type { ComponentChildren } from 'preact';
import type { Answer } from './api.ts';

interface AnsweredProps<T> {
  readonly answer: Answer<T> | null;
  readonly children: (value: T) => ComponentChildren;
}

export const Answered = <T,>({ answer, children }: AnsweredProps<T>) => {
  if (answer === null) return <p class="notice">Asking the controller ...</p>;
  if (answer.ok) return <>{children(answer.value)}</>;
  return (
    <p class="notice trouble" role="alert">
      {answer.error.message}
    </p>
  );
};
