/** `npm run lab -- down`: ends the lab that runs, and waits until nothing of it is left. */
import { eventually } from '../../support/eventually.ts';
import { isAlive, signalById } from '../../support/process.ts';
import { runningLab } from './running.ts';

export async function down(): Promise<void> {
  const { pid } = runningLab();
  signalById(pid, 'SIGTERM');
  await eventually(() => !isAlive(pid), { withinMs: 30_000 });
  console.log(`the lab of process ${pid} is gone`);
}
