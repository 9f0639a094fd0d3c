/** The `sluice` command as a process of its own, run to its end. */
import { fileURLToPath } from 'node:url';
import type { AtEnd } from './at-end.ts';
import { startProcess, type TestProcess } from './process.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

const words = (file: string, flags: readonly string[] = []) =>
  [process.execPath, '--disable-warning=ExperimentalWarning', ...flags, file] as const;

export const sluiceWords = words(main);

export interface CommandOutcome {
  readonly code: number | NodeJS.Signals;
  readonly out: string;
  readonly err: string;
}

export interface CommandOptions {
  readonly server?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly atEnd?: AtEnd;
  /** `src/main.ts` of another version. */
  readonly program?: string;
  /** Of Node. */
  readonly flags?: readonly string[];
}

/** Starts it and leaves it running. */
export const startSluice = (given: readonly string[], options: CommandOptions = {}): TestProcess => {
  const { server, env = {}, atEnd, flags, program = main } = options;
  const { NO_COLOR: _color, SLUICE_SERVER: _server, ...inherited } = process.env;
  const address = server === undefined ? {} : { SLUICE_SERVER: server };
  const ending = atEnd === undefined ? {} : { atEnd };
  return startProcess([...words(program, flags), ...given], { env: { ...inherited, ...address, ...env }, ...ending });
};

export const sluice = async (words: readonly string[], options: CommandOptions = {}): Promise<CommandOutcome> => {
  const running = startSluice(words, options);
  const { stdout, stderr } = running.child;
  const closed = new Promise((resolve) => running.child.once('close', resolve));
  const [out, err] = [textOf(stdout), textOf(stderr)];
  const code = await running.exited;
  await closed;
  return { code, out: out(), err: err() };
};

const textOf = (stream: NodeJS.ReadableStream | null): (() => string) => {
  let text = '';
  stream?.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  return () => text;
};
