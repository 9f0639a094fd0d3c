/** Buttons of one item of the checklist: an approval given or taken back, a gate gone without, a result posted. */
import { useState } from 'preact/hooks';
import type { ChecklistItem } from '../report/checklist-item.ts';
import type { ReleaseView } from '../report/release-view.ts';
import { type Asked, askedOfItem } from './asked.ts';
import { OrderDialog } from './order-dialog.tsx';
import { Order } from './orders.tsx';
import { mayNot, notAmong } from './rights.ts';
import type { Me } from './state.ts';

interface ItemOrdersProps {
  readonly item: ChecklistItem;
  readonly view: ReleaseView;
  readonly me: Me | null;
}

export const ItemOrders = ({ item, me, view }: ItemOrdersProps) => {
  const [asked, ask] = useState<Asked | null>(null);
  if (item.offers.length === 0 && asked === null) return null;
  return (
    <>
      <ul class="plain item-orders">
        {item.offers.map((offer) => (
          <Order
            key={offer.name}
            id={`order-${item.kind}-${item.name}-${offer.name}`}
            asked={askedOfItem(item, offer)}
            why={mayNot(me) ?? notAmong(me, offer.by)}
            ask={ask}
          />
        ))}
      </ul>
      {asked === null ? null : <OrderDialog asked={asked} view={view} close={() => ask(null)} />}
    </>
  );
};
