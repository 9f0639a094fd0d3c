/** How much of the machine a process may use: the tightest limit of its cgroup and of all above it, version 1 or 2. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export const readText = async (path: string): Promise<string | null> => readFile(path, 'utf8').catch(() => null);

const root = '/sys/fs/cgroup';

interface Place {
  readonly mount: string;
  readonly path: string;
}

/** Where a controller's files of the process are: `/proc/PID/cgroup` names a path in each hierarchy; v2 is the one without a name. */
export function placesOf(cgroupText: string, controller: 'cpu' | 'memory'): readonly Place[] {
  return cgroupText.split('\n').flatMap((line): readonly Place[] => {
    const [, names, path] = /^[0-9]+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (names === undefined || path === undefined) return [];
    if (names === '') return [root, join(root, 'unified')].map((mount) => ({ mount, path }));
    return names.split(',').includes(controller)
      ? [controller, names].map((mount) => ({ mount: join(root, mount), path }))
      : [];
  });
}

/** From the process's own group up to the root of the hierarchy. */
const ancestors = ({ mount, path }: Place): readonly string[] => {
  const inner = join('/', path);
  return inner === '/' ? [mount] : [join(mount, inner), ...ancestors({ mount, path: dirname(inner) })];
};

async function tightest(
  places: readonly Place[],
  limitIn: (folder: string) => Promise<number | null>,
): Promise<number> {
  const folders = [...new Set(places.flatMap(ancestors))];
  const limits = await Promise.all(folders.map(limitIn));
  return Math.min(Number.POSITIVE_INFINITY, ...limits.filter((limit) => limit !== null));
}

/** Bytes; Infinity: no limit. */
export async function memoryLimitOf(pid: number): Promise<number> {
  const places = placesOf((await readText(`/proc/${pid}/cgroup`)) ?? '', 'memory');
  return tightest(places, async (folder) => {
    const text =
      (await readText(join(folder, 'memory.max'))) ?? (await readText(join(folder, 'memory.limit_in_bytes')));
    return positive(text ?? '');
  });
}

/** CPUs, such as 1.5; Infinity: no limit. */
export async function cpuQuotaOf(pid: number): Promise<number> {
  const places = placesOf((await readText(`/proc/${pid}/cgroup`)) ?? '', 'cpu');
  return tightest(places, async (folder) => {
    const [quota, period] =
      (await readText(join(folder, 'cpu.max')))?.split(' ') ??
      (await Promise.all(['cpu.cfs_quota_us', 'cpu.cfs_period_us'].map((name) => readText(join(folder, name)))));
    const [quotaUs, periodUs] = [positive(quota ?? ''), positive(period ?? '')];
    return quotaUs === null || periodUs === null ? null : quotaUs / periodUs;
  });
}

/** `max` and -1 are no limit. */
const positive = (text: string): number | null => {
  const trimmed = text.trim();
  return /^[0-9]+$/.test(trimmed) && Number(trimmed) > 0 ? Number(trimmed) : null;
};
