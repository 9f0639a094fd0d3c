/** Finds the split between two Services in the rules of an HTTPRoute or a GRPCRoute. */
import { z } from 'zod';
import type { KubeObject } from '../../kube/object.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { Backend } from '../deck.ts';
import { expectedWords, type Leg, splitAmong } from '../kubernetes/legs.ts';
import { allOf, chosen, type Entry } from '../kubernetes/named.ts';
import { below, type Split } from '../kubernetes/split.ts';

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

const backends = ['canary', 'stable'] as const;

/** All splits that the order names, or why not, for people. */
export function ruleSplits(object: KubeObject, order: RuleOrder): Result<readonly Split[], string> {
  const read = spec.safeParse(object['spec']);
  if (!read.success) return failed('its spec is not that of a route of the Gateway API');
  const entries = chosen(read.data.rules ?? [], order.rules, 'rules');
  if (!entries.ok) return entries;
  return allOf(entries.value.map((each) => splitOf(each, order, object.metadata.namespace ?? 'default')));
}

function splitOf(
  { entry: { name, backendRefs = [] }, index }: Entry<Rule>,
  { services }: RuleOrder,
  namespace: string,
): Result<Split, string> {
  const pointer = below('/spec/rules', index);
  const toLeg = (ref: BackendRef, position: number): Leg => {
    const at = below(pointer, 'backendRefs', position);
    return {
      pointer: at,
      weight: ref.weight ?? unstatedWeight,
      title: ref.name,
      backend: backends.find((backend) => isTo(ref, services[backend], namespace)) ?? null,
      expected: expectedWords(at, ref, identity),
    };
  };
  const naming = { where: `rule ${name ?? index}`, entry: 'backend', titles: services };
  const split = splitAmong(backendRefs.map(toLeg), naming);
  if (!split.ok || name === undefined) return split;
  return ok({ ...split.value, expected: [{ pointer: below(pointer, 'name'), value: name }, ...split.value.expected] });
}

const unstatedWeight = 1;

const isTo = (
  { group = '', kind = 'Service', name, namespace: of }: BackendRef,
  service: string,
  namespace: string,
): boolean => group === '' && kind === 'Service' && name === service && (of ?? namespace) === namespace;
