/** An object as a patch would leave it, worked out here: what the API server does with JSON patches and merge patches. */
import { isDeepStrictEqual } from 'node:util';
import { isMap } from '../../lib/config-file/sound-parts.ts';
import { failed, ok, type Result } from '../../lib/result.ts';

export interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/** Fails with a sentence where an operation finds something else than it rests on. */
export function jsonPatched(object: object, operations: readonly Operation[]): Result<object, string> {
  const root = { it: structuredClone(object) as unknown };
  for (const operation of operations) {
    const problem = carriedOut(root, operation);
    if (problem !== null) return failed(problem);
  }
  return ok(root.it as object);
}

function carriedOut(root: { it: unknown }, { op, path, value }: Operation): string | null {
  const steps = ['it', ...path.split('/').slice(1).map(unescaped)];
  const last = steps.pop() ?? '';
  const parent = steps.reduce<unknown>((node, step) => childOf(node, step), root);
  if (typeof parent !== 'object' || parent === null) return `there is no ${path}`;
  const holder = parent as Record<string, unknown>;
  if (op === 'test') return isDeepStrictEqual(holder[last], value) ? null : `${path} is not as it was read`;
  if (op !== 'add' && !(last in holder)) return `there is no ${path}`;
  if (op === 'remove' && Array.isArray(parent)) parent.splice(Number(last), 1);
  else if (op === 'remove') Reflect.deleteProperty(holder, last);
  else if (op === 'add' && Array.isArray(parent)) parent.splice(last === '-' ? parent.length : Number(last), 0, value);
  else holder[last] = value;
  return null;
}

const childOf = (node: unknown, step: string): unknown =>
  typeof node === 'object' && node !== null ? (node as Readonly<Record<string, unknown>>)[step] : undefined;

const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');

export function mergePatched(before: unknown, patch: unknown): unknown {
  if (!isMap(patch)) return patch;
  const after: Record<string, unknown> = isMap(before) ? { ...before } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) Reflect.deleteProperty(after, key);
    else after[key] = mergePatched(after[key], value);
  }
  return after;
}
