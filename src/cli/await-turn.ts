/** Opens the state folder's store, or waits as the standby of the controller that owns it. */
import type { Result } from '../lib/result.ts';
import type { HistoryBound } from '../release/history-bound.ts';
import type { TrailedStore } from '../release/trail.ts';
import type { Listening } from '../server/http-listen.ts';
import { type LeadingNow, startStandbyServer } from '../server/http-standby.ts';
import { readLeader } from '../wiring/leader-file.ts';
import { waitForStore } from '../wiring/standby.ts';
import type { Context } from './context.ts';

export interface Turn extends Listening {
  readonly stateDir: string;
  readonly bound: HistoryBound;
  readonly stop: AbortSignal;
}

/** null: told to stop before its turn came. */
export async function awaitTurn(
  context: Context,
  { bound, stateDir, stop, ...address }: Turn,
): Promise<Result<TrailedStore> | null> {
  const leading = (): LeadingNow => leadingOn(stateDir);
  let close = async (): Promise<void> => {};
  const store = await waitForStore({
    bound,
    stateDir,
    stop,
    waiting: async () => {
      const server = await startStandbyServer(address, leading);
      if (server.ok) close = server.value.stop;
      const at = server.ok ? `standby at ${server.value.url}` : `standby without an address: ${server.error.message}`;
      context.print(`${stateDir} is owned by ${nameOf(leading())}: this one waits to take over (${at})`);
    },
    ended: ({ pid }) => context.remark(`process ${pid} led and has been silent for nine seconds: it was ended`),
  });
  await close();
  return store;
}

function leadingOn(stateDir: string): LeadingNow {
  const leader = readLeader(stateDir);
  if (leader === null) return { name: 'another controller', url: null };
  return { name: `process ${leader.pid} on ${leader.host}`, url: leader.url };
}

const nameOf = ({ name, url }: LeadingNow): string => (url === null ? name : `${name} (${url})`);
