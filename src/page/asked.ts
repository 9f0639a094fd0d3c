/** An order that somebody thinks of giving: what the dialog asks about. */
import type { ChecklistItem } from '../report/checklist-item.ts';
import type { ChecklistOffer } from '../report/checklist-offers.ts';
import type { Offer, OfferName } from '../report/offers.ts';

export interface Asked {
  /** On its button. */
  readonly label: string;
  /** What happens then, one sentence. */
  readonly does: string;
  readonly reasonNeeded: boolean;
  readonly tone: 'primary' | 'danger';
  /** Last part of the address to post to. */
  readonly action: string;
  /** What the body holds beside revision and reason. */
  readonly body: Readonly<Record<string, string | number | boolean>>;
  /** Numbers that are asked for. */
  readonly values: readonly string[];
}

const labels: Readonly<Record<OfferName, string>> = {
  pause: 'Pause',
  resume: 'Resume',
  promote: 'Promote this step',
  promoteFull: 'Promote fully',
  abort: 'Abort',
  retry: 'Retry',
};

export const askedOf = ({ action, body, does, name, reasonNeeded }: Offer): Asked => ({
  label: labels[name],
  does,
  reasonNeeded,
  tone: name === 'abort' ? 'danger' : 'primary',
  action,
  body,
  values: [],
});

const itemLabels: Readonly<Record<ChecklistOffer['name'], (name: string) => string>> = {
  approve: (name) => `Approve ${name}`,
  revoke: (name) => `Take back ${name}`,
  override: (name) => `Go without ${name}`,
  pass: (name) => `Post that ${name} passed`,
  fail: (name) => `Post that ${name} failed`,
};

export const askedOfItem = ({ name }: ChecklistItem, offer: ChecklistOffer): Asked => ({
  ...offer,
  label: itemLabels[offer.name](name),
  tone: offer.name === 'override' ? 'danger' : 'primary',
});
