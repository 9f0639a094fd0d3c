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
  const send = async (words: Words): Promise<void> => {
    setStage({ kind: 'sending' });
    setStage(await give(words));
  };
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="order-title">
      <h2 id="order-title">
        {asked.label}: {view.policy} {view.revision}
      </h2>
      {stage.kind === 'done' ? (
        <Done asked={asked} view={stage.view} before={view} close={leave} />
      ) : (
        <Ask asked={asked} stage={stage} send={send} close={leave} />
      )}
    </dialog>
  );
};

/** What was typed. */
interface Words {
  readonly reason: string;
  readonly values: Readonly<Record<string, number>>;
}

/** Gives the order, and answers how it went. */
const useGive = ({ action, body, values: wanted }: Asked, view: ReleaseView) => {
  const { api, store } = useSession();
  const asksNumbers = wanted.length > 0;
  return async ({ reason, values }: Words): Promise<Stage> => {
    const path = `releases/${encodeURIComponent(view.id)}/${action}`;
    const words = {
      ...body,
      revision: view.revision,
      ...(reason === '' ? {} : { reason }),
      ...(asksNumbers ? { values } : {}),
    };
    const answer = await api.post<ReleaseView>(path, words);
    if (!answer.ok) return { kind: 'asking', problem: answer.error.message };
    store.show(answer.value);
    return { kind: 'done', view: answer.value };
  };
};

interface AskProps {
  readonly asked: Asked;
  readonly stage: Stage;
  readonly send: (words: Words) => Promise<void>;
  readonly close: () => void;
}

const Ask = ({ asked, close, send, stage }: AskProps) => {
  const [reason, setReason] = useState('');
  const [values, setValues] = useState<Words['values']>({});
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void send({ reason: reason.trim(), values });
      }}
    >
      <p>{asked.does}</p>
      {asked.values.map((name) => (
        <NumberField key={name} name={name} put={(value) => setValues({ ...values, [name]: value })} />
      ))}
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

const NumberField = ({ name, put }: { readonly name: string; readonly put: (value: number) => void }) => (
  <label>
    {name}
    <input type="number" step="any" required onInput={({ currentTarget }) => put(currentTarget.valueAsNumber)} />
  </label>
);

const Done = ({
  asked,
  before,
  close,
  view,
}: {
  readonly asked: Asked;
  readonly view: ReleaseView;
  readonly before: ReleaseView;
  readonly close: () => void;
}) => (
  <>
    <p role="status">
      The controller has it: {saidTo(asked, view)}
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

/** A result is kept at once, and seen by the release with its next look. */
const saidTo = ({ action }: Asked, { recent }: ReleaseView): string =>
  action === 'attest' ? 'the gate shows it with its next look' : (recent.at(-1)?.message ?? 'nothing changed');
