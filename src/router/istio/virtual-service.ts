/** Finds the split between two destinations in the routes of a VirtualService. */
import { z } from 'zod';
import type { KubeObject } from '../../kube/object.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { Backend } from '../deck.ts';
import { type Leg, splitAmong } from '../kubernetes/legs.ts';
import { allOf, chosen, type Entry } from '../kubernetes/named.ts';
import { below, type Split } from '../kubernetes/split.ts';

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
type RouteLeg = z.output<typeof leg>;

const backends = ['canary', 'stable'] as const;

/** All splits that the order names, or why not, for people. */
export function splitsOf(object: KubeObject, order: SplitOrder): Result<readonly Split[], string> {
  const read = spec.safeParse(object['spec']);
  if (!read.success) return failed('its spec is not that of a VirtualService');
  const { protocol, routes } = order;
  const entries = chosen(read.data[protocol] ?? [], routes, `${protocol} routes`);
  if (!entries.ok) return entries;
  return allOf(entries.value.map((each) => splitOf(each, order, object.metadata.namespace ?? 'default')));
}

function splitOf(
  { entry: { name, route: legs = [], delegate }, index }: Entry<Route>,
  { destinations, protocol }: SplitOrder,
  namespace: string,
): Result<Split, string> {
  const where = `${protocol} route ${name ?? index}`;
  if (delegate !== undefined) return failed(`${where} is delegated to ${delegate.name}, where its weights are`);
  const route = below('/spec', protocol, index);
  const toLeg = ({ destination, weight = 0 }: RouteLeg, position: number): Leg => {
    const pointer = below(route, 'route', position);
    return {
      pointer,
      weight,
      title: titleOf({ host: destination.host, subset: destination.subset ?? null }),
      backend: backends.find((backend) => isTo(destination, destinations[backend], namespace)) ?? null,
      expected: [{ pointer: below(pointer, 'destination'), value: destination }],
    };
  };
  const titles = { canary: titleOf(destinations.canary), stable: titleOf(destinations.stable) };
  const split = splitAmong(legs.map(toLeg), { where, entry: 'destination', titles });
  if (!split.ok || name === undefined) return split;
  return ok({ ...split.value, expected: [{ pointer: below(route, 'name'), value: name }, ...split.value.expected] });
}

function isTo(
  { host, subset = null }: { readonly host: string; readonly subset?: string | null | undefined },
  wanted: Destination,
  namespace: string,
): boolean {
  return fullHost(host, namespace) === fullHost(wanted.host, namespace) && subset === wanted.subset;
}

/** A name without dots means the Service of that name in the route's own namespace; any other is taken as it stands. */
export const fullHost = (host: string, namespace: string): string =>
  host.includes('.') ? host : `${host}.${namespace}.svc.cluster.local`;

const titleOf = ({ host, subset }: Destination): string => (subset === null ? host : `${host} subset ${subset}`);
