/** What a zod schema says of a part of a YAML file, as errors at the places in the file. */
import type { z } from 'zod';
import { failed, ok, type Result } from '../result.ts';
import { type FileError, fileError } from './file-error.ts';
import { type Issue, issueMessage, wordAt } from './issue-message.ts';
import { type Path, placeOf } from './yaml-document.ts';
import type { YamlFile } from './yaml-file.ts';

/** Whether the error is shown at the key or at the value. */
export type Anchor = 'key' | 'value';

export interface Where {
  readonly path: Path;
  readonly anchor?: Anchor;
}

/** One error at a path of the file. */
export const errorAt = (yaml: YamlFile, where: Where, message: string): FileError =>
  fileError(yaml.file, placeOf(yaml.document, where.path)[where.anchor ?? 'value'], message);

const rejectedAtTop = (issues: readonly Issue[]): boolean =>
  issues.some(({ code, path }) => path.length === 0 && code !== 'unrecognized_keys' && code !== 'custom');

/** Of the forms that a value may have, the one that fits best: it took the value's kind, and complains least. */
const bestBranch = (branches: readonly (readonly Issue[])[]): readonly Issue[] | null => {
  const near = branches.filter((issues) => !rejectedAtTop(issues));
  return near.toSorted((a, b) => a.length - b.length)[0] ?? null;
};

const isMissing = (issue: Issue): boolean => 'input' in issue && issue.input === undefined;

const complaints = (yaml: YamlFile, path: Path, issue: Issue): readonly FileError[] => {
  const at: Path = [...path, ...issue.path.map((part) => (typeof part === 'number' ? part : String(part)))];
  if (issue.code === 'unrecognized_keys') {
    const sentences = issue.message.split('\n');
    return issue.keys.map((key, index) =>
      errorAt(yaml, { path: [...at, key], anchor: 'key' }, sentences[index] ?? issue.message),
    );
  }
  if (issue.code === 'invalid_union') {
    const branch = bestBranch(issue.errors);
    if (branch !== null) return branch.flatMap((inner) => complaints(yaml, at, inner));
  }
  const message = `${wordAt(at)} ${issue.message}`.trim();
  if (issue.code === 'invalid_key') return [errorAt(yaml, { path: at, anchor: 'key' }, message)];
  if (!isMissing(issue)) return [errorAt(yaml, { path: at }, message)];
  const around = wordAt(at.slice(0, -1));
  return [errorAt(yaml, { path: at, anchor: 'key' }, around === '' ? message : `${message} in ${around}`)];
};

/** The part of the file at `path`, checked and transformed; or all that is wrong with it. */
export const checkPart = <S extends z.ZodType>(
  yaml: YamlFile,
  part: { readonly schema: S; readonly data: unknown; readonly path: Path },
): Result<z.output<S>, readonly FileError[]> => {
  const parsed = part.schema.safeParse(part.data, { error: issueMessage, reportInput: true });
  if (parsed.success) return ok(parsed.data);
  return failed(parsed.error.issues.flatMap((issue) => complaints(yaml, part.path, issue)));
};
