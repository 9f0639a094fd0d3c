/** A YAML file, read within fixed bounds of size, depth and time, without holding up whoever asked. */
import { failed, ok, type Result } from '../result.ts';
import { type FileError, fileError, inFileOrder } from './file-error.ts';
import { type Source, sourceText } from './source-text.ts';
import type { YamlDocument } from './yaml-document.ts';
import { parseInThread } from './yaml-thread.ts';

export interface YamlFile {
  /** As it was named by whoever asked. */
  readonly file: string;
  /** As the places count it. */
  readonly text: string;
  readonly document: YamlDocument;
}

/** The file's data and places, or every mistake in the order of the file. Never rejects. */
export const parseYaml = async (source: Source, file: string): Promise<Result<YamlFile, readonly FileError[]>> => {
  const text = sourceText(source, file);
  if (!text.ok) return failed([text.error]);
  const answer = await parseInThread(text.value);
  if (answer.kind === 'document') return ok({ file, text: text.value, document: answer.document });
  return failed(inFileOrder(answer.mistakes.map(({ at, message }) => fileError(file, at, message))));
};
