/** Finds the split in any object by JSON pointers to its two weights. */
import type { KubeObject } from '../../kube/object.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { Backend } from '../deck.ts';
import { below, type Expected, type Split } from './split.ts';

type Node = Readonly<Record<string, unknown>>;

/** The split, or why there is none, for people. What stands beside a weight and names something must stay beside it. */
export function pointedSplit(
  object: KubeObject,
  pointers: Readonly<Record<Backend, string>>,
): Result<readonly Split[], string> {
  if (pointers.canary === pointers.stable) return failed(`${pointers.canary} is the weight of both`);
  const found = { canary: lookUp(object, pointers.canary), stable: lookUp(object, pointers.stable) };
  for (const backend of ['canary', 'stable'] as const) {
    const { weight } = found[backend];
    if (typeof weight !== 'number')
      return failed(`${pointers[backend]} is no number: ${weight === undefined ? 'nothing' : JSON.stringify(weight)}`);
  }
  const weightOf = (backend: Backend) => ({ pointer: pointers[backend], weight: found[backend].weight as number });
  return ok([
    {
      weights: { canary: weightOf('canary'), stable: weightOf('stable') },
      expected: [...found.canary.beside, ...found.stable.beside],
    },
  ]);
}

interface Found {
  readonly weight: unknown;
  readonly beside: readonly Expected[];
}

function lookUp(object: KubeObject, pointer: string): Found {
  const steps = pointer.split('/').slice(1);
  const last = unescaped(steps.pop() ?? '');
  const parent = steps.reduce<unknown>((node, step) => child(node, unescaped(step)), object);
  const names = Object.entries(isNode(parent) && !Array.isArray(parent) ? parent : {});
  const beside = names.flatMap(([key, value]): Expected[] =>
    typeof value === 'string' ? [{ pointer: below(['', ...steps].join('/'), key), value }] : [],
  );
  return { weight: child(parent, last), beside };
}

const child = (node: unknown, step: string): unknown =>
  isNode(node) && Object.hasOwn(node, step) ? node[step] : undefined;

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

const unescaped = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');
