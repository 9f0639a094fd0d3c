/** What is written on the button of each order. */
import type { OfferName } from '../report/offers.ts';

export const offerLabels: Readonly<Record<OfferName, string>> = {
  pause: 'Pause',
  resume: 'Resume',
  promote: 'Promote this step',
  promoteFull: 'Promote fully',
  abort: 'Abort',
  retry: 'Retry',
};
