/** Finds the split between two Services in a weighted TraefikService. */
import { z } from 'zod';
import type { KubeObject } from '../../kube/object.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { Backend } from '../deck.ts';
import { expectedWords, type Leg, splitAmong } from '../kubernetes/legs.ts';
import { below, type Split } from '../kubernetes/split.ts';

const identity = ['kind', 'name', 'namespace', 'port'] as const;

const service = z.looseObject({
  kind: z.string().optional(),
  name: z.string(),
  namespace: z.string().optional(),
  port: z.union([z.number(), z.string()]).optional(),
  weight: z.number().optional(),
});

const spec = z.looseObject({ weighted: z.looseObject({ services: z.array(service).optional() }).optional() });

type Service = z.output<typeof service>;

const pointer = '/spec/weighted/services';

const unstatedWeight = 1;

const backends = ['canary', 'stable'] as const;

/** The split, or why there is none, for people. `services`: names in the object's own namespace. */
export function weightedSplit(
  object: KubeObject,
  services: Readonly<Record<Backend, string>>,
): Result<readonly Split[], string> {
  const read = spec.safeParse(object['spec']);
  const all = read.data?.weighted?.services;
  if (all === undefined) return failed('it is no weighted TraefikService');
  const namespace = object.metadata.namespace ?? 'default';
  const toLeg = (found: Service, position: number): Leg => {
    const at = below(pointer, position);
    return {
      pointer: at,
      weight: found.weight ?? unstatedWeight,
      title: found.name,
      backend: backends.find((backend) => isTo(found, services[backend], namespace)) ?? null,
      expected: expectedWords(at, found, identity),
    };
  };
  const split = splitAmong(all.map(toLeg), { where: 'it', entry: 'service', titles: services });
  return split.ok ? ok([split.value]) : split;
}

const isTo = ({ kind = 'Service', name, namespace: of }: Service, wanted: string, namespace: string): boolean =>
  kind === 'Service' && name === wanted && (of ?? namespace) === namespace;
