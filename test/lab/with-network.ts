/** `node test/lab/with-network.ts COMMAND...`: runs the tests where a lab can be reached: in the one that runs, or in a new network. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { eventually } from '../support/eventually.ts';
import { signalById } from '../support/process.ts';
import { labFolder, lockOf } from './folder.ts';
import { foreignKubeconfig } from './foreign-cluster.ts';
import { type Command, inNetworkOf, inNewNetwork, isInside } from './network/network.ts';
import { cacheFolder } from './parts/cache.ts';
import { tryLock } from './parts/lock.ts';
import { type LabState, stateOf } from './state.ts';

const [, , ...given] = process.argv;
const command = given as unknown as Command;
const running = foreignKubeconfig() === null ? await settledLab() : null;

if (foreignKubeconfig() !== null) await run(command);
else if (running !== null) await run(inNetworkOf(running.pid, command));
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

/** The lab that runs, null without one; one that is starting or ending is waited for. */
async function settledLab(): Promise<LabState | null> {
  await eventually(async () => stateOf(labFolder()) !== null || (await isLockFree()), { everyMs: 100 });
  return stateOf(labFolder());
}

async function isLockFree(): Promise<boolean> {
  mkdirSync(cacheFolder(), { recursive: true });
  const lock = await tryLock(lockOf(labFolder()));
  await lock?.release();
  return lock !== null;
}

/** A lab that the tests started ends when they are gone; who runs after them shall find nothing of it. */
async function labIsGone(): Promise<void> {
  await eventually(isLockFree, { everyMs: 100 });
}
