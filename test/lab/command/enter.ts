/** `npm run lab -- exec` and `shell`: a command inside the lab's network, with kubectl and a kubeconfig. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { identities, kubeconfigOf, type Who } from '../control-plane/identities.ts';
import { labFolder } from '../folder.ts';
import { type Command, inNetworkOf } from '../network/network.ts';
import { cached } from '../parts/cache.ts';
import { parts } from '../parts/parts.ts';
import { runningLab } from './running.ts';

export async function enter(command: readonly string[], as: string): Promise<void> {
  const kubeconfig = kubeconfigOf(labFolder(), as as Who);
  const { pid } = runningLab();
  if (!existsSync(kubeconfig))
    throw new Error(`nobody is called ${as}; there are: ${Object.keys(identities).join(', ')}`);
  const [file, ...args] = inNetworkOf(pid, command as unknown as Command);
  const path = `${cached(parts.kubernetes)}:${process.env['PATH'] ?? ''}`;
  // What kubectl learned of one lab is not true of the next.
  const kubectl = { PATH: path, KUBECONFIG: kubeconfig, KUBECACHEDIR: join(labFolder(), 'kubectl') };
  const child = spawn(file, args, { stdio: 'inherit', env: { ...process.env, ...kubectl } });
  // Ctrl-C is for the command.
  process.on('SIGINT', () => undefined);
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}
