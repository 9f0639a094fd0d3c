/** What one HAProxy should be like, and the commands that make it so: never more canary in between than before and after. */
import type { Backend } from '../deck.ts';
import type { Route } from '../route.ts';
import { type Ledger, type PlaceRecord, recordOf } from './ledger.ts';
import type { BackendSeen, ServerSeen } from './show.ts';
import { percentOf, sharesOf } from './weights.ts';

/** Servers of each version, by the names of HAProxy's configuration. */
export type ServerNames = Readonly<Record<Backend, readonly string[]>>;

export interface WantedServer {
  readonly name: string;
  readonly backend: Backend;
  /** Null: wherever it points. */
  readonly address: string | null;
  /** Null: as it is. */
  readonly weight: number | null;
  /** Null: as somebody put it. */
  readonly state: 'ready' | 'maint' | null;
}

export interface Place {
  readonly names: ServerNames;
  readonly ledger: Pick<Ledger, 'slots'> & { readonly route: Pick<Route, 'targets'> };
  readonly record: PlaceRecord;
  /** Null: not seen yet; then every server is taken to be well. */
  readonly seen: BackendSeen | null;
}

/** Servers that take part: pointed somewhere, not held out by others, and up unless none of their version is. */
export function takers(place: Place, backend: Backend): readonly string[] {
  const held = pointed(place, backend).filter((name) => !heldByOthers(place, name));
  const up = held.filter((name) => !isDown(place, name));
  return up.length > 0 ? up : held;
}

const pointed = ({ names, ledger }: Place, backend: Backend): readonly string[] =>
  names[backend].filter((name) => ledger.slots[backend][name] !== undefined);

const serverOf = ({ seen }: Place, name: string): ServerSeen | undefined => seen?.servers.get(name);

const inService = ({ record }: Place, name: string): boolean => record.given?.[name] !== undefined;

const heldByOthers = (place: Place, name: string): boolean =>
  inService(place, name) && (serverOf(place, name)?.held ?? 'no') !== 'no';

const isDown = (place: Place, name: string): boolean => inService(place, name) && serverOf(place, name)?.up === false;

/** Share of the canary that the weights found there make, percent; null: nobody gets anything. */
export function percentFound(place: Place): number | null {
  const weights = (backend: Backend): readonly number[] =>
    takers(place, backend)
      .map((name) => serverOf(place, name))
      .map((server) => (server === undefined || server.held !== 'no' ? 0 : server.weight));
  return percentOf(weights('canary'), weights('stable'));
}

/** For who only looks: every server that the policy names counts, pointed by us or not. */
export function everyServer(names: ServerNames, seen: BackendSeen, { route }: Pick<Place['ledger'], 'route'>): Place {
  const all = (backend: Backend): Readonly<Record<string, string>> =>
    Object.fromEntries(names[backend].map((name) => [name, seen.servers.get(name)?.address ?? '']));
  const slots = { canary: all('canary'), stable: all('stable') };
  return { names, ledger: { slots, route }, record: recordOf(seen.process), seen };
}

/**
 * Every server that is ours to set. A stable that nobody pointed anywhere stays as HAProxy's configuration has it, and where nobody
 * else would serve the users its servers stay as they are: who knows less than HAProxy carries empties nothing.
 */
export function wantedServers(place: Place): readonly WantedServer[] {
  const { names, ledger, record } = place;
  const crew = { canary: takers(place, 'canary'), stable: takers(place, 'stable') };
  const shares = sharesOf(record.percent, { canary: crew.canary.length, stable: crew.stable.length });
  const isServed = [...shares.canary, ...shares.stable].some((weight) => weight > 0);
  const server = (backend: Backend, name: string): WantedServer => {
    const address = ledger.slots[backend][name] ?? null;
    const share = shares[backend][crew[backend].indexOf(name)];
    if (address === null && backend === 'stable' && !isServed)
      return { name, backend, address, weight: null, state: null };
    if (address === null || (backend === 'canary' && record.percent === 0))
      return { name, backend, address, weight: backend === 'canary' ? 0 : null, state: 'maint' };
    if (share !== undefined) return { name, backend, address, weight: share, state: 'ready' };
    // Away or held out: a canary that comes back gets nothing before it is counted in again.
    return { name, backend, address, weight: backend === 'canary' ? 0 : null, state: null };
  };
  const isOurs = (backend: Backend): boolean => backend === 'canary' || ledger.route.targets.stable.revision !== null;
  return (['canary', 'stable'] as const)
    .filter(isOurs)
    .flatMap((backend) => names[backend].map((name) => server(backend, name)));
}

/** What is recorded as given once the servers are as wanted. */
export const givenOf = (wanted: readonly WantedServer[], seen: BackendSeen): Readonly<Record<string, number>> =>
  Object.fromEntries(
    wanted
      .filter(({ state }) => state !== 'maint')
      .map(({ name, weight }) => [name, weight ?? seen.servers.get(name)?.weight ?? 0]),
  );

/** Only what differs. What takes from the canary, or gives to stable, comes first, so that no moment has more canary than both ends. */
export function commandsFor(
  backendName: string,
  wanted: readonly WantedServer[],
  seen: BackendSeen,
): readonly string[] {
  const changes = wanted.flatMap((each) => {
    const server = seen.servers.get(each.name);
    const commands = server === undefined ? [] : changesOf(`${backendName}/${each.name}`, each, server);
    if (server === undefined || commands.length === 0) return [];
    const before = server.held === 'no' ? server.weight : 0;
    const after = each.state === 'maint' ? 0 : (each.weight ?? before);
    const isFirst = each.backend === 'canary' ? after <= before : after >= before;
    return [{ isFirst, commands }];
  });
  const first = changes.filter(({ isFirst }) => isFirst);
  const second = changes.filter(({ isFirst }) => !isFirst);
  return [...first, ...second].flatMap(({ commands }) => commands);
}

function changesOf(path: string, { address, weight, state }: WantedServer, server: ServerSeen): readonly string[] {
  const leaves = state === 'maint' && server.held !== 'maint' ? [`set server ${path} state maint`] : [];
  const moves = address !== null && address !== server.address ? [moveTo(path, address)] : [];
  const weighs = weight !== null && weight !== server.weight ? [`set weight ${path} ${weight}`] : [];
  const enters = state === 'ready' && server.held !== 'no' ? [`set server ${path} state ready`] : [];
  return [...leaves, ...moves, ...weighs, ...enters];
}

/** To 0, whatever is there now: stable first, then every canary, which also turns away clients that stick to it. */
export function zeroCommands(backendName: string, wanted: readonly WantedServer[]): readonly string[] {
  const stable = wanted.filter(({ backend, weight }) => backend === 'stable' && weight !== null);
  const canary = wanted.filter(({ backend }) => backend === 'canary');
  return [
    ...stable.map(({ name, weight }) => `set weight ${backendName}/${name} ${weight}`),
    ...canary.map(({ name }) => `set weight ${backendName}/${name} 0`),
    ...canary.map(({ name }) => `set server ${backendName}/${name} state maint`),
  ];
}

/** In what the servers differ from what was wanted, for people. */
export const differences = (wanted: readonly WantedServer[], seen: BackendSeen): readonly string[] =>
  wanted.flatMap(({ name, address, weight, state }) => {
    const server = seen.servers.get(name);
    if (server === undefined) return [`it has no server ${name}`];
    const held = server.held === 'no' ? 'ready' : server.held;
    return [
      ...(address !== null && address !== server.address
        ? [`${name} points at ${server.address}, not ${address}`]
        : []),
      ...(weight !== null && weight !== server.weight ? [`${name} has weight ${server.weight}, not ${weight}`] : []),
      ...(state !== null && state !== held ? [`${name} is ${held}, not ${state}`] : []),
    ];
  });

const moveTo = (path: string, address: string): string => {
  const colon = address.lastIndexOf(':');
  const host = address.slice(0, colon).replace(/^\[|\]$/g, '');
  return `set server ${path} addr ${host} port ${address.slice(colon + 1)}`;
};
