/** Which notices a target hears. */
import type { NotifyTarget } from '../release/notify-target.ts';
import type { Notice } from './message.ts';

export interface Listening extends Pick<NotifyTarget, 'hears' | 'name'> {
  /** A contact's own: it hears a page only when that contact is called. */
  readonly isSomebodys: boolean;
}

export function concerns({ hears, isSomebodys, name }: Listening, notice: Notice): boolean {
  switch (notice.urgency) {
    case 'page':
      return !isSomebodys || notice.contacts.some(({ target }) => target === name);
    case 'tell':
      return hears === 'all' && !isSomebodys;
    case 'acknowledge':
    case 'resolve':
      return true;
  }
}
