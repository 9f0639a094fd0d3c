/** What the commands that give an order have in common: find the release, name its revision, say what changed. */
import { nextMoveText } from '../report/next-move.ts';
import type { ReleaseView } from '../report/release-view.ts';
import { type Context, personHere } from './context.ts';
import { emit } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

export interface Order {
  /** As the API calls it. */
  readonly action: 'pause' | 'resume' | 'promote' | 'abort' | 'retry' | 'answer';
  readonly body: (view: ReleaseView) => Readonly<Record<string, unknown>>;
  /** What was done, in front of the release: `paused`. */
  readonly done: string;
}

export const giveOrder = async (context: Context, name: string, order: Order): Promise<ExitCode> => {
  const found = await context.api.release(name);
  if (!found.ok) return context.fail(found.error.message);
  const { id, revision } = found.value;
  const after = await context.api.act(id, order.action, { revision, who: personHere(), ...order.body(found.value) });
  if (!after.ok) return context.fail(after.error.message);
  const view = after.value;
  emit(context, { value: view, names: [view.id], lines: () => [changed(order, view)] });
  return exitCodes.ok;
};

const changed = ({ done }: Order, view: ReleaseView): string => {
  const next = view.ended ? view.phase : `${view.phase} at ${view.weight.desired} %`;
  const move = nextMoveText(view.next);
  return `${done} ${view.id} (${view.policy} ${view.revision}): ${next}${move === '' ? '' : `; next: ${move}`}`;
};
