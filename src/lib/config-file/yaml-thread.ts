/** The parser's threads, never more than two: started when needed, ended when too slow, one kept a moment for the file that comes next.
 *
 *                 answer in time
 *     start ──► busy ──────────► idle ──1 s──► ended
 *       │        │ ▲              │
 *       │ 10 s   │ └── next text ─┘
 *       ▼        ▼ too slow, or it failed
 *     refused  ended, refused
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { formatDuration } from '../duration.ts';
import { failed, ok, type Result } from '../result.ts';
import { startOfFile } from './line-map.ts';
import type { YamlAnswer } from './yaml-document.ts';

const startWithinMs = 10_000;
const parseWithinMs = 1_000;
const idleMs = 1_000;

// Compiled to JavaScript or run as TypeScript: the worker stands beside this module in the same form.
const workerUrl = new URL(`./yaml-worker${extname(new URL(import.meta.url).pathname)}`, import.meta.url);

let idle: Worker | null = null;

/** Event by event: the worker listens to itself, too. */
const forget = (worker: Worker): void => {
  for (const event of ['message', 'error', 'exit']) worker.removeAllListeners(event);
};

const end = (worker: Worker): void => {
  if (idle === worker) idle = null;
  forget(worker);
  worker.on('error', () => {});
  void worker.terminate();
};

/** The worker's next message; without one in time the worker is ended, and the error says why. */
const nextMessage = (
  worker: Worker,
  withinMs: number,
  tooSlow: string,
): Promise<Result<YamlAnswer | 'ready', string>> =>
  new Promise((resolve) => {
    const give = (outcome: Result<YamlAnswer | 'ready', string>): void => {
      clearTimeout(deadline);
      forget(worker);
      if (!outcome.ok) end(worker);
      resolve(outcome);
    };
    const deadline = setTimeout(() => give(failed(tooSlow)), withinMs);
    worker.on('message', (message: YamlAnswer | 'ready') => give(ok(message)));
    worker.on('error', (error: Error) => give(failed(`the YAML could not be parsed: ${error.message}`)));
    worker.on('exit', () => give(failed('the YAML parser ended without an answer')));
  });

const start = async (): Promise<Result<Worker, string>> => {
  const worker = new Worker(workerUrl, { resourceLimits: { maxOldGenerationSizeMb: 128, stackSizeMb: 4 } });
  const ready = await nextMessage(worker, startWithinMs, 'the YAML parser did not start; try again');
  return ready.ok ? ok(worker) : ready;
};

const take = (): Worker | null => {
  const worker = idle;
  idle = null;
  if (worker !== null) forget(worker);
  worker?.ref();
  return worker;
};

/** Keeps a sound worker for the next text, without keeping the process alive. */
const keep = (worker: Worker): void => {
  if (idle !== null) return end(worker);
  idle = worker;
  worker.unref();
  worker.on('error', () => end(worker));
  worker.on('exit', () => end(worker));
  setTimeout(() => idle === worker && end(worker), idleMs).unref();
};

const ask = async (worker: Worker, text: string, withinMs: number): Promise<Result<YamlAnswer | 'ready', string>> => {
  const answer = nextMessage(worker, withinMs, `not parsed within ${formatDuration(withinMs)}; it is too complex`);
  worker.postMessage(text);
  return answer;
};

/** A controller that begins reads all its policies at once, and a thread costs more than most texts; one that is too slow holds up nobody. */
const mostAtOnce = 2;
let busy = 0;
const waiting: (() => void)[] = [];

const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
  if (busy === mostAtOnce) await new Promise<void>((resolve) => waiting.push(resolve));
  else busy += 1;
  try {
    return await work();
  } finally {
    const next = waiting.shift();
    if (next === undefined) busy -= 1;
    else next();
  }
};

/** Never rejects: a text that takes longer than `withinMs`, or breaks the parser, is refused. Texts wait for their turn. */
export const parseInThread = (text: string, withinMs = parseWithinMs): Promise<YamlAnswer> =>
  inTurn(() => parse(text, withinMs));

const parse = async (text: string, withinMs: number): Promise<YamlAnswer> => {
  const kept = take();
  const worker = kept === null ? await start() : ok(kept);
  const answer = worker.ok ? await ask(worker.value, text, withinMs) : worker;
  if (worker.ok && answer.ok) keep(worker.value);
  if (answer.ok && answer.value !== 'ready') return answer.value;
  const message = answer.ok ? 'the YAML parser answered out of turn' : answer.error;
  return { kind: 'mistakes', mistakes: [{ at: startOfFile, message }] };
};
