/** Outlives a demo that was killed: when the channel to it breaks, it ends what the demo started. `node guard-process.ts DIR` */
import { existsSync } from 'node:fs';

const [dir = ''] = process.argv.slice(2);

process.on('disconnect', () => {
  if (!existsSync(dir)) process.exit(0);
  // Loaded only when it is needed: until then this process costs as little as one can.
  void import('./sweep.ts').then(({ sweep }) => sweep(dir)).finally(() => process.exit(0));
});
// Whoever ends the whole group (Ctrl-C, a terminal that closes) ends the demo, too: it cleans up by itself, or the channel breaks.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
