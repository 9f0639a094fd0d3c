/** Finds the split between two destinations in the routes of a VirtualService. */
import { z } from 'zod';
import type { KubeObject } from '../../kube/object.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { Backend } from '../deck.ts';
import { below, type Split, type Weight } from '../kubernetes/split.ts';

/** Who gets the share: a Service, or a subset of it that a DestinationRule names. */
export interface Destination {
  readonly host: string;
  /** Null: all of the host. */
  readonly subset: string | null;
}

export interface SplitOrder {
  readonly destinations: Readonly<Record<Backend, Destination>>;
  readonly protocol: 'http' | 'tls' | 'tcp';
  /** Names of the routes that are split; null: the only one that there is. Only `http` routes have names. */
  readonly routes: readonly string[] | null;
}

const leg = z.looseObject({
  destination: z.looseObject({ host: z.string(), subset: z.string().optional() }),
  weight: z.number().optional(),
});

const route = z.looseObject({
  name: z.string().optional(),
  route: z.array(leg).optional(),
  delegate: z.looseObject({ name: z.string() }).optional(),
});

const spec = z.looseObject({
  http: z.array(route).optional(),
  tls: z.array(route).optional(),
  tcp: z.array(route).optional(),
});

type Route = z.output<typeof route>;
type Leg = z.output<typeof leg>;

interface Found {
  readonly route: Route;
  readonly index: number;
}

/** All splits that the order names, or why not, for people. */
export function splitsOf(object: KubeObject, order: SplitOrder): Result<readonly Split[], string> {
  const read = spec.safeParse(object['spec']);
  if (!read.success) return failed('its spec is not that of a VirtualService');
  const chosen = chosenRoutes(read.data[order.protocol] ?? [], order);
  if (!chosen.ok) return chosen;
  const splits: Split[] = [];
  for (const found of chosen.value) {
    const split = splitOf(found, order, object.metadata.namespace ?? 'default');
    if (!split.ok) return split;
    splits.push(split.value);
  }
  return ok(splits);
}

function chosenRoutes(all: readonly Route[], { protocol, routes }: SplitOrder): Result<readonly Found[], string> {
  const found = all.map((each, index) => ({ route: each, index }));
  const names = all.map(({ name }) => name ?? '(without a name)').join(', ');
  if (routes === null) {
    if (found.length === 1) return ok(found);
    return failed(
      `it has ${found.length} ${protocol} routes${found.length === 0 ? '' : ` (${names})`}; say which of them is split`,
    );
  }
  const missing = routes.find((name) => all.filter((each) => each.name === name).length !== 1);
  if (missing === undefined) return ok(found.filter(({ route: { name } }) => routes.includes(name ?? '')));
  const times = all.filter(({ name }) => name === missing).length;
  return failed(
    `it has ${times === 0 ? 'no' : times} ${protocol} routes named ${missing}, there are: ${names || 'none'}`,
  );
}

function splitOf(
  { route: { name, route: legs = [], delegate }, index }: Found,
  order: SplitOrder,
  namespace: string,
): Result<Split, string> {
  const where = `${order.protocol} route ${name ?? index}`;
  if (delegate !== undefined) return failed(`${where} is delegated to ${delegate.name}, where its weights are`);
  const pointer = below('/spec', order.protocol, index);
  const at = (backend: Backend): number => legs.findIndex((each) => isTo(each, order.destinations[backend], namespace));
  const [canary, stable] = [at('canary'), at('stable')];
  for (const [backend, position] of Object.entries({ canary, stable }) as [Backend, number][]) {
    if (position < 0) return failed(`${where} has no destination ${titleOf(order.destinations[backend])}`);
  }
  const other = legs.find((each, position) => position !== canary && position !== stable && (each.weight ?? 0) > 0);
  if (canary === stable || other !== undefined) {
    return failed(
      `${where} also sends to ${titleOf(destinationOf(other ?? legs[canary]))}; stable and canary must share it`,
    );
  }
  return ok({
    weights: { canary: weightAt(pointer, canary, legs), stable: weightAt(pointer, stable, legs) },
    expected: [
      ...(name === undefined ? [] : [{ pointer: below(pointer, 'name'), value: name }]),
      ...[canary, stable].map((position) => ({
        pointer: below(pointer, 'route', position, 'destination'),
        value: legs[position]?.destination,
      })),
    ],
  });
}

const weightAt = (pointer: string, position: number, legs: readonly Leg[]): Weight => ({
  pointer: below(pointer, 'route', position, 'weight'),
  weight: legs[position]?.weight ?? 0,
});

function isTo({ destination }: Leg, wanted: Destination, namespace: string): boolean {
  return (
    fullHost(destination.host, namespace) === fullHost(wanted.host, namespace) &&
    (destination.subset ?? null) === wanted.subset
  );
}

/** A name without dots means the Service of that name in the route's own namespace; any other is taken as it stands. */
export const fullHost = (host: string, namespace: string): string =>
  host.includes('.') ? host : `${host}.${namespace}.svc.cluster.local`;

const destinationOf = (found: Leg | undefined): Destination => ({
  host: found?.destination.host ?? '',
  subset: found?.destination.subset ?? null,
});

const titleOf = ({ host, subset }: Destination): string => (subset === null ? host : `${host} subset ${subset}`);
