/** An order that somebody thinks of giving: what the dialog asks about. */
import type { ChecklistItem } from '../report/checklist.ts';
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
});

export const approvalOf = ({ name }: ChecklistItem): Asked => ({
  label: `Approve ${name}`,
  does: `Gives the approval "${name}" in your name: the release goes on as soon as nothing else is missing.`,
  reasonNeeded: false,
  tone: 'primary',
  action: 'approve',
  body: { approval: name },
});
