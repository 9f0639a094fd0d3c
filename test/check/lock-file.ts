/** Completes package-lock.json: `npm ci` refuses a lock without an entry for each platform's binary, which a registry mirror that lacks some leaves out. */

export interface LockEntry {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export type LockPackages = Readonly<Record<string, LockEntry>>;

/** A platform's binary that a package of the lock names and the lock has no entry for. */
export interface MissingBinary {
  readonly name: string;
  readonly version: string;
}

export function missingBinaries(packages: LockPackages): readonly MissingBinary[] {
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => !(`${path}/node_modules/${name}` in packages) && !(`node_modules/${name}` in packages))
      .map(([name, version]) => ({ name, version })),
  );
}

/** The entries that are there and those that were missing, in the order that npm writes. */
export function completed(packages: LockPackages): LockPackages {
  const added = missingBinaries(packages).map(
    ({ name, version }) =>
      [`node_modules/${name}`, { version, ...platformOf(name), dev: true, optional: true }] as const,
  );
  const all = [...Object.entries(packages), ...added];
  return Object.fromEntries<LockEntry>(all.sort(([a], [b]) => a.localeCompare(b, 'en')));
}

/** `@biomejs/cli-linux-x64-musl` runs on linux, x64, musl: what npm compares before it fetches. */
function platformOf(name: string): Omit<LockEntry, 'version'> {
  const found = /(android|darwin|freebsd|linux|openharmony|win32)-([a-z0-9]+)(?:-([a-z]+))?$/.exec(name);
  const [, os, cpu, abi] = found ?? [];
  if (os === undefined || cpu === undefined) throw new Error(`${name}: no platform in the name; add its entry by hand`);
  const libc = os === 'linux' && abi !== undefined ? { libc: [abi.startsWith('musl') ? 'musl' : 'glibc'] } : {};
  return { cpu: [cpu], dev: true, ...libc, optional: true, os: [os] };
}
