/** What the commands and keys that give an order have in common: find the release, name its revision, say what changed. */
import type { Result } from '../lib/result.ts';
import { nextMoveText } from '../report/next-move.ts';
import type { ReleaseView } from '../report/release-view.ts';
import type { ApiClient } from './api-client.ts';
import { type Context, personHere } from './context.ts';
import { emit } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

export interface Order {
  /** As the API calls it. */
  readonly action: 'pause' | 'resume' | 'promote' | 'abort' | 'retry' | 'answer' | 'note' | 'approve' | 'override';
  readonly body: (view: ReleaseView) => Readonly<Record<string, unknown>>;
  /** What was done, in front of the release: `paused`. */
  readonly done: string;
}

/** Orders that need nothing but a reason. */
export const orderWords = {
  pause: (reason: string): Order => ({ action: 'pause', body: () => ({ reason }), done: 'paused' }),
  resume: (reason: string): Order => ({ action: 'resume', body: () => ({ reason }), done: 'resumed' }),
  abort: (reason: string): Order => ({ action: 'abort', body: () => ({ reason }), done: 'rolling back' }),
} as const;

export const giveOrder = async (context: Context, name: string, order: Order): Promise<ExitCode> => {
  const found = await context.api.release(name);
  if (!found.ok) return context.fail(found.error.message);
  const after = await sendOrder(context.api, found.value, order);
  if (!after.ok) return context.fail(after.error.message);
  const view = after.value;
  emit(context, { value: view, names: [view.id], lines: () => [changedText(order, view)] });
  return exitCodes.ok;
};

/** Names the revision that was looked at: the controller refuses when it is another one by now. */
export const sendOrder = (api: ApiClient, view: ReleaseView, order: Order): Promise<Result<ReleaseView>> =>
  api.act(view.id, order.action, { revision: view.revision, who: personHere(), ...order.body(view) });

export const changedText = ({ done }: Pick<Order, 'done'>, view: ReleaseView): string => {
  const next = view.ended ? view.phase : `${view.phase} at ${view.weight.desired} %`;
  const move = nextMoveText(view.next);
  return `${done} ${view.id} (${view.policy} ${view.revision}): ${next}${move === '' ? '' : `; next: ${move}`}`;
};
