/** What a person can order: each button says what it will do, or why it can't be pressed. */
import { useState } from 'preact/hooks';
import type { Offer } from '../report/offers.ts';
import type { ReleaseView } from '../report/release-view.ts';
import { offerLabels } from './offer-labels.ts';
import { OrderDialog } from './order-dialog.tsx';
import type { Me } from './state.ts';

interface OrdersProps {
  readonly view: ReleaseView;
  readonly me: Me | null;
}

export const Orders = ({ me, view }: OrdersProps) => {
  const [asked, ask] = useState<Offer | null>(null);
  return (
    <section class="card orders" aria-labelledby="orders-title">
      <h2 id="orders-title">What you can do</h2>
      <ul class="plain">
        {view.actions.map((offer) => (
          <Order key={offer.name} offer={offer} why={objectionTo(offer, me)} ask={() => ask(offer)} />
        ))}
      </ul>
      {asked === null ? null : <OrderDialog offer={asked} view={view} close={() => ask(null)} />}
    </section>
  );
};

const objectionTo = (offer: Offer, me: Me | null): string | null =>
  me === null || me.rights.includes('act') ? offer.why : (me.why ?? 'you may read here, not act');

interface OrderProps {
  readonly offer: Offer;
  readonly why: string | null;
  readonly ask: () => void;
}

/** It stays in the tab order when it can't be pressed: who can't see has to hear why. */
const Order = ({ ask, offer, why }: OrderProps) => {
  const described = `order-${offer.name}`;
  return (
    <li>
      <button
        type="button"
        class={offer.name === 'abort' ? 'danger' : ''}
        aria-disabled={why === null ? undefined : true}
        aria-describedby={described}
        onClick={() => (why === null ? ask() : undefined)}
      >
        {offerLabels[offer.name]}
      </button>
      <span id={described} class="muted">
        {why === null ? offer.does : `Not now: ${why}.`}
      </span>
    </li>
  );
};
