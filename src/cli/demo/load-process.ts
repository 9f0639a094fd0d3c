/** The load generator's own process: `node load-process.ts --url=http://127.0.0.1:8080/ --rate=100 --seconds=60`; reports as messages, or as JSON lines when run by hand. */
import { parseArgs } from 'node:util';
import { z } from 'zod';
import type { LoadCommand } from './load.ts';
import { LoadGenerator } from './load-generator.ts';
import type { LoadReport } from './load-tally.ts';
import { loopbackUrl } from './loopback-url.ts';

const LoadArguments = z.object({
  url: z.string(),
  rate: z.coerce.number().min(0).max(20_000),
  seconds: z.coerce.number().positive().max(3_600),
  arrivals: z.enum(['poisson', 'paced']).default('poisson'),
  seed: z.coerce.number().int().min(0).optional(),
});

/** Enough for a quarter of 1,600 requests/s to hang until they time out, without starving the others. */
const connections = 2_048;
const timeoutMs = 5_000;

const { values } = parseArgs({
  options: {
    url: { type: 'string' },
    rate: { type: 'string' },
    seconds: { type: 'string' },
    arrivals: { type: 'string' },
    seed: { type: 'string' },
  },
});
const parsed = LoadArguments.safeParse(values);
const url = loopbackUrl(values.url ?? '');
if (!parsed.success) refuse(z.prettifyError(parsed.error));
else if (!url.ok) refuse(url.error.message);
else run(new LoadGenerator({ ...generatorOptions(parsed.data), url: url.value }), parsed.data.seconds);

function refuse(why: string): void {
  console.error(`load: ${why}`);
  process.exitCode = 2;
}

function generatorOptions(given: z.output<typeof LoadArguments>) {
  return { ratePerSecond: given.rate, arrivals: given.arrivals, seed: given.seed ?? null, connections, timeoutMs };
}

function run(generator: LoadGenerator, seconds: number): void {
  const parent = process.ppid;
  let ending = false;
  const end = async () => {
    if (ending) return;
    ending = true;
    clearInterval(everySecond);
    clearTimeout(atTheEnd);
    await generator.stop();
    tell(generator.report(), () => process.exit(0));
  };
  const everySecond = setInterval(() => {
    tell(generator.report(), () => {});
    // Run by hand there is no channel to break: a changed parent says that ours is dead.
    if (process.ppid !== parent) process.exit(0);
  }, 1_000);
  const atTheEnd = setTimeout(() => void end(), seconds * 1_000);
  process.on('disconnect', () => process.exit(0));
  process.on('message', (command: LoadCommand) => {
    if (command.kind === 'rate') generator.setRate(command.ratePerSecond);
    else if (command.kind === 'countAnew') generator.countAnew();
    else void end();
  });
  // Ctrl-C in a terminal reaches the whole group: whoever started us asks for the end in time.
  process.on('SIGINT', () => (process.connected ? undefined : void end()));
  process.on('SIGTERM', () => void end());
}

function tell(report: LoadReport, then: () => void): void {
  if (process.send !== undefined) process.send(report, undefined, undefined, then);
  else process.stdout.write(`${JSON.stringify(report)}\n`, then);
}
