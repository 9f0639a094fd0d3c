/** `node test/lab/with-network.ts COMMAND...`: runs the tests where a lab can be reached: in the one that runs, or in a new network. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { eventually } from '../support/eventually.ts';
import { signalById } from '../support/process.ts';
import { labFolder, lockOf } from './folder.ts';
import { type Command, inNetworkOf, inNewNetwork, isInside } from './network/network.ts';
import { tryLock } from './parts/lock.ts';
import { stateOf } from './state.ts';

const [, , ...given] = process.argv;
const command = given as unknown as Command;
const running = stateOf(labFolder());

if (running !== null) await run(inNetworkOf(running.pid, command));
else if (await isInside()) await run(command);
else if (!canHaveNetwork()) {
  console.error('No network of its own can be made here (unshare --net): suites that need the lab are not run.');
  await run(command);
} else {
  await run(inNewNetwork(command));
  await labIsGone();
}

async function run([file, ...args]: Command): Promise<void> {
  const child = spawn(file, args, { stdio: 'inherit' });
  // Ctrl-C reaches the tests, too; they clean up, and this waits for them.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => void (child.pid !== undefined && signalById(child.pid, 'SIGTERM')));
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}

function canHaveNetwork(): boolean {
  const [file, ...args] = inNewNetwork(['true']);
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0;
}

/** A lab that the tests started ends when they are gone; who runs after them shall find nothing of it. */
async function labIsGone(): Promise<void> {
  const lock = await eventually(() => tryLock(lockOf(labFolder())), { withinMs: 30_000, everyMs: 100 });
  await lock.release();
}
