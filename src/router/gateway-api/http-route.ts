/** Finds the split between two Services in the rules of an HTTPRoute or a GRPCRoute. */
import { z } from 'zod';
import type { KubeObject } from '../../kube/object.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { Backend } from '../deck.ts';
import { below, type Split, type Weight } from '../kubernetes/split.ts';

export interface RuleOrder {
  /** Services in the route's own namespace. */
  readonly services: Readonly<Record<Backend, string>>;
  /** Names of the rules that are split; null: the only one that there is. */
  readonly rules: readonly string[] | null;
}

/** Parts of a reference that say to whom it leads; the weight and what is done on the way are none of it. */
const identity = ['group', 'kind', 'name', 'namespace', 'port'] as const;

const backendRef = z.looseObject({
  group: z.string().optional(),
  kind: z.string().optional(),
  name: z.string(),
  namespace: z.string().optional(),
  port: z.number().optional(),
  weight: z.number().optional(),
});

const rule = z.looseObject({ name: z.string().optional(), backendRefs: z.array(backendRef).optional() });

const spec = z.looseObject({ rules: z.array(rule).optional() });

type BackendRef = z.output<typeof backendRef>;
type Rule = z.output<typeof rule>;

interface Found {
  readonly rule: Rule;
  readonly index: number;
}

/** All splits that the order names, or why not, for people. */
export function ruleSplits(object: KubeObject, order: RuleOrder): Result<readonly Split[], string> {
  const read = spec.safeParse(object['spec']);
  if (!read.success) return failed('its spec is not that of a route of the Gateway API');
  const chosen = chosenRules(read.data.rules ?? [], order.rules);
  if (!chosen.ok) return chosen;
  const splits: Split[] = [];
  for (const found of chosen.value) {
    const split = splitOf(found, order, object.metadata.namespace ?? 'default');
    if (!split.ok) return split;
    splits.push(split.value);
  }
  return ok(splits);
}

function chosenRules(all: readonly Rule[], names: RuleOrder['rules']): Result<readonly Found[], string> {
  const found = all.map((each, index) => ({ rule: each, index }));
  const there = all.map(({ name }) => name ?? '(without a name)').join(', ');
  if (names === null) {
    if (found.length === 1) return ok(found);
    return failed(`it has ${found.length} rules${found.length === 0 ? '' : ` (${there})`}; say which of them is split`);
  }
  const missing = names.find((name) => !all.some((each) => each.name === name));
  if (missing !== undefined) return failed(`it has no rule named ${missing}, there are: ${there || 'none'}`);
  return ok(found.filter(({ rule: { name } }) => names.includes(name ?? '')));
}

function splitOf(
  { rule: { name, backendRefs = [] }, index }: Found,
  order: RuleOrder,
  namespace: string,
): Result<Split, string> {
  const where = `rule ${name ?? index}`;
  const pointer = below('/spec/rules', index);
  const at = (backend: Backend): number =>
    backendRefs.findIndex((each) => isTo(each, order.services[backend], namespace));
  const [canary, stable] = [at('canary'), at('stable')];
  if (canary < 0) return failed(`${where} has no backend ${order.services.canary}`);
  if (stable < 0) return failed(`${where} has no backend ${order.services.stable}`);
  const other = backendRefs.find((each, position) => position !== canary && position !== stable && weightOf(each) > 0);
  if (canary === stable || other !== undefined) {
    return failed(
      `${where} also sends to ${(other ?? backendRefs[canary])?.name ?? ''}; stable and canary must share it`,
    );
  }
  const weightAt = (position: number): Weight => ({
    pointer: below(pointer, 'backendRefs', position, 'weight'),
    weight: weightOf(backendRefs[position]),
  });
  return ok({
    weights: { canary: weightAt(canary), stable: weightAt(stable) },
    expected: [
      ...(name === undefined ? [] : [{ pointer: below(pointer, 'name'), value: name }]),
      ...[canary, stable].flatMap((position) => {
        const ref = backendRefs[position];
        return identity.flatMap((word) =>
          ref?.[word] === undefined
            ? []
            : [{ pointer: below(pointer, 'backendRefs', position, word), value: ref[word] }],
        );
      }),
    ],
  });
}

/** A backend that states none has 1. */
const weightOf = (ref: BackendRef | undefined): number => ref?.weight ?? 1;

const isTo = (
  { group = '', kind = 'Service', name, namespace: of }: BackendRef,
  service: string,
  namespace: string,
): boolean => group === '' && kind === 'Service' && name === service && (of ?? namespace) === namespace;
