/** What a person can order: each button says what it will do, or why it can't be pressed. */
import { useState } from 'preact/hooks';
import type { ReleaseView } from '../report/release-view.ts';
import { type Asked, askedOf } from './asked.ts';
import { OrderDialog } from './order-dialog.tsx';
import { mayNot } from './rights.ts';
import type { Me } from './state.ts';

interface OrdersProps {
  readonly view: ReleaseView;
  readonly me: Me | null;
}

export const Orders = ({ me, view }: OrdersProps) => {
  const [asked, ask] = useState<Asked | null>(null);
  return (
    <section class="card orders" aria-labelledby="orders-title">
      <h2 id="orders-title">What you can do</h2>
      <ul class="plain">
        {view.actions.map((offer) => (
          <Order
            key={offer.name}
            id={`order-${offer.name}`}
            asked={askedOf(offer)}
            why={mayNot(me) ?? offer.why}
            ask={ask}
          />
        ))}
      </ul>
      {asked === null ? null : <OrderDialog asked={asked} view={view} close={() => ask(null)} />}
    </section>
  );
};

interface OrderProps {
  readonly id: string;
  readonly asked: Asked;
  readonly why: string | null;
  readonly ask: (asked: Asked) => void;
}

/** It stays in the tab order when it can't be pressed: who can't see has to hear why. */
export const Order = ({ ask, asked, id, why }: OrderProps) => (
  <li>
    <button
      type="button"
      class={asked.tone === 'danger' ? 'danger' : ''}
      aria-disabled={why === null ? undefined : true}
      aria-describedby={id}
      onClick={() => (why === null ? ask(asked) : undefined)}
    >
      {asked.label}
    </button>
    <span id={id} class="muted">
      {why === null ? asked.does : `Not now: ${why}.`}
    </span>
  </li>
);
