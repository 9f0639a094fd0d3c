/** Asks once more before an order is given: what it will do, why it is given, and what the server said to it. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ReleaseView } from '../report/release-view.ts';
import type { Asked } from './asked.ts';
import { useSession } from './session.ts';

interface OrderDialogProps {
  readonly asked: Asked;
  readonly view: ReleaseView;
  readonly close: () => void;
}

type Stage =
  | { readonly kind: 'asking'; readonly problem: string | null }
  | { readonly kind: 'sending' }
  | { readonly kind: 'done'; readonly view: ReleaseView };

export const OrderDialog = ({ asked, close, view }: OrderDialogProps) => {
  const dialog = useRef<HTMLDialogElement>(null);
  const [stage, setStage] = useState<Stage>({ kind: 'asking', problem: null });
  const give = useGive(asked, view);
  useEffect(() => dialog.current?.showModal(), []);
  // The browser's own way: it gives the focus back to the button.
  const leave = (): void => dialog.current?.close();
  const send = async (reason: string): Promise<void> => {
    setStage({ kind: 'sending' });
    setStage(await give(reason));
  };
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="order-title">
      <h2 id="order-title">
        {asked.label}: {view.policy} {view.revision}
      </h2>
      {stage.kind === 'done' ? (
        <Done view={stage.view} before={view} close={leave} />
      ) : (
        <Ask asked={asked} stage={stage} send={send} close={leave} />
      )}
    </dialog>
  );
};

/** Gives the order, and answers how it went. */
const useGive = ({ action, body }: Asked, view: ReleaseView) => {
  const { api, store } = useSession();
  return async (reason: string): Promise<Stage> => {
    const path = `releases/${encodeURIComponent(view.id)}/${action}`;
    const words = { ...body, revision: view.revision, ...(reason === '' ? {} : { reason }) };
    const answer = await api.post<ReleaseView>(path, words);
    if (!answer.ok) return { kind: 'asking', problem: answer.error.message };
    store.show(answer.value);
    return { kind: 'done', view: answer.value };
  };
};

interface AskProps {
  readonly asked: Asked;
  readonly stage: Stage;
  readonly send: (reason: string) => Promise<void>;
  readonly close: () => void;
}

const Ask = ({ asked, close, send, stage }: AskProps) => {
  const [reason, setReason] = useState('');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send(reason.trim());
      }}
    >
      <p>{asked.does}</p>
      <label>
        Reason{asked.reasonNeeded ? '' : ' (may be left out)'}
        <textarea
          rows={2}
          maxLength={1000}
          required={asked.reasonNeeded}
          value={reason}
          onInput={({ currentTarget }) => setReason(currentTarget.value)}
        />
      </label>
      {stage.kind === 'asking' && stage.problem !== null ? (
        <p class="notice trouble" role="alert">
          Nothing was done: {stage.problem}
        </p>
      ) : null}
      <p class="buttons">
        <button type="submit" class={asked.tone} disabled={stage.kind === 'sending'}>
          {stage.kind === 'sending' ? 'Asking the controller ...' : asked.label}
        </button>
        <button type="button" onClick={close}>
          Leave it
        </button>
      </p>
    </form>
  );
};

const Done = ({
  before,
  close,
  view,
}: {
  readonly view: ReleaseView;
  readonly before: ReleaseView;
  readonly close: () => void;
}) => (
  <>
    <p role="status">
      The controller has it: {view.recent.at(-1)?.message ?? 'nothing changed'}
      {view.id === before.id ? null : (
        <>
          {' '}
          <a href={`#/release/${encodeURIComponent(view.id)}`}>The new release</a>
        </>
      )}
    </p>
    <p class="buttons">
      <button type="button" class="primary" onClick={close}>
        Close
      </button>
    </p>
  </>
);
