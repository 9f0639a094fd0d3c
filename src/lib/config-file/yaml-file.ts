/** A YAML file read within fixed bounds of size, depth and time, in a thread of its own that is ended afterwards.
 *
 *     text ──► worker starts ──ready──► text sent ──answer──► data and places
 *                    │ 10 s                  │ 1 s
 *                    └──── too slow ─────────┴──► worker ended, the file is refused
 */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { failed, ok, type Result } from '../result.ts';
import { type FileError, fileError, inFileOrder } from './file-error.ts';
import { startOfFile } from './line-map.ts';
import { type Source, sourceText } from './source-text.ts';
import type { YamlAnswer, YamlDocument } from './yaml-document.ts';

export interface YamlFile {
  /** As it was named by whoever asked. */
  readonly file: string;
  readonly document: YamlDocument;
}

const startWithinMs = 10_000;
const parseWithinMs = 1_000;

// Compiled to JavaScript or run as TypeScript: the worker stands beside this module in the same form.
const workerUrl = new URL(`./yaml-worker${extname(new URL(import.meta.url).pathname)}`, import.meta.url);

const mistake = (message: string): YamlAnswer => ({ kind: 'mistakes', mistakes: [{ at: startOfFile, message }] });

const tooSlow = `not parsed within ${parseWithinMs / 1000} s; the file is too complex`;

/** Never rejects. The worker is ended in every case. */
const parseInWorker = (text: string): Promise<YamlAnswer> =>
  new Promise((resolve) => {
    const worker = new Worker(workerUrl, { resourceLimits: { maxOldGenerationSizeMb: 128, stackSizeMb: 4 } });
    const finish = (answer: YamlAnswer): void => {
      clearTimeout(deadline);
      worker.removeAllListeners();
      worker.on('error', () => {});
      void worker.terminate();
      resolve(answer);
    };
    let deadline = setTimeout(() => finish(mistake('the YAML parser did not start; try again')), startWithinMs);
    worker.on('message', (message: 'ready' | YamlAnswer) => {
      if (message !== 'ready') return finish(message);
      clearTimeout(deadline);
      deadline = setTimeout(() => finish(mistake(tooSlow)), parseWithinMs);
      worker.postMessage(text);
    });
    worker.on('error', (error) => finish(mistake(`the YAML could not be parsed: ${error.message}`)));
    worker.on('exit', () => finish(mistake('the YAML parser ended without an answer')));
  });

/** The file's data and places, or every mistake in the order of the file. */
export const parseYaml = async (source: Source, file: string): Promise<Result<YamlFile, readonly FileError[]>> => {
  const text = sourceText(source, file);
  if (!text.ok) return failed([text.error]);
  const answer = await parseInWorker(text.value);
  if (answer.kind === 'document') return ok({ file, document: answer.document });
  return failed(inFileOrder(answer.mistakes.map(({ at, message }) => fileError(file, at, message))));
};
