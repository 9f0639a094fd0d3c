/** A small process that ends what a demo started if the demo itself is killed and can't. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

const guardPath = fileURLToPath(new URL(`./guard-process${extname(import.meta.url)}`, import.meta.url));

export interface Guard {
  /** To be called when nothing is left: it looks, finds nothing to do, and ends. */
  dismiss(): Promise<void>;
}

export function startGuard(dir: string): Guard {
  const child = fork(guardPath, [dir], { detached: true, stdio: 'ignore', execArgv: [] });
  // It guards and does not count: the demo ends without waiting for it.
  child.unref();
  child.channel?.unref();
  child.on('error', () => {});
  return {
    dismiss: async () => {
      if (!child.connected) return;
      const gone = once(child, 'exit');
      child.ref();
      child.disconnect();
      await gone;
    },
  };
}
