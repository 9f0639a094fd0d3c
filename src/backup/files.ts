/** Snapshots of named files and directories, in a folder of their own. */
import { randomBytes } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../lib/message-of.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { type Comparing, compareFiles, type FilePart, signaturesNow } from './files-compare.ts';
import { syncFile, writeDurably } from './files-copy.ts';
import { type After, readAfter, readManifest, readOrder, signature, type Verified } from './files-manifest.ts';
import { restoreFiles, verifyBlobs } from './files-restore.ts';
import { partialPrefix, takeFiles } from './files-take.ts';
import { broken, none, notEnded, unknownPoint } from './point-problems.ts';
import {
  outdated,
  pointName,
  type RestoreOrder,
  type RestorePlan,
  type RollbackPoint,
  type Snapshots,
  type Taking,
} from './snapshots.ts';

export interface FileSnapshotsOptions {
  /** Folder of the snapshots; made when missing. */
  readonly dir: string;
  /** Absolute paths of what is copied. */
  readonly paths: readonly string[];
  readonly maxBytes: number;
}

interface Chosen {
  readonly verified: Verified;
  readonly folder: string;
  readonly parts: readonly FilePart[];
}

/** An order under way stands here, from before the first write until after the last. */
const orderFile = 'restore.json';
const afterFile = 'after.json';

export class FileSnapshots implements Snapshots {
  readonly #options: FileSnapshotsOptions;

  constructor(options: FileSnapshotsOptions) {
    this.#options = options;
  }

  points(): Promise<Result<readonly RollbackPoint[]>> {
    return settled(async () => {
      const names = await readdir(this.#options.dir).catch(() => []);
      const read = await Promise.all(names.filter((name) => !name.startsWith('.')).map((name) => this.#read(name)));
      const points = read.flatMap((each) => (each === null ? [] : [each.point]));
      return ok(points.toSorted((a, b) => b.takenAtMs - a.takenAtMs));
    });
  }

  take(taking: Taking): Promise<Result<RollbackPoint>> {
    return settled(async () => {
      const { dir, maxBytes, paths } = this.#options;
      await mkdir(dir, { recursive: true, mode: 0o700 });
      await this.#clearPartial();
      // Whoever keeps what is there now has done with a restore that got stuck before.
      await this.#callOff();
      const id = pointName(taking, randomBytes(3).toString('hex'));
      const taken = await takeFiles({ dir, id, roots: paths, maxBytes, ...taking });
      if (!taken.ok) return taken;
      const read = await this.#read(id);
      if (read === null) return failed(broken(id));
      const points = await this.points();
      for (const old of points.ok ? outdated(points.value) : [])
        await rm(join(dir, old.id), { recursive: true, force: true });
      return ok(read.point);
    });
  }

  noteAfter(point: string, nowMs: number): Promise<Result<void>> {
    return settled(async () => {
      const read = await this.#read(point);
      if (read === null) return failed(broken(point));
      const folder = join(this.#options.dir, point);
      // A release that ended is told again, by a retry of it, when people may have changed what it left.
      if (readAfter(await readFile(join(folder, afterFile), 'utf8').catch(() => '')).ok) return ok(undefined);
      const now = await signaturesNow(read.manifest.roots, this.#options.maxBytes);
      if (!now.ok) return now;
      const signatures = Object.fromEntries([...now.value].map(([path, entry]) => [path, signature(entry)]));
      await replaceDurably(folder, afterFile, JSON.stringify({ atMs: nowMs, signatures } satisfies After));
      return ok(undefined);
    });
  }

  plan(order: RestoreOrder): Promise<Result<RestorePlan>> {
    return settled(async () => {
      const chosen = await this.#choose(order);
      return chosen.ok ? ok(planOf(chosen.value, chosen.value.parts)) : chosen;
    });
  }

  restore(order: RestoreOrder): Promise<Result<RestorePlan>> {
    return settled(async () => {
      const chosen = await this.#choose(order);
      if (!chosen.ok) return chosen;
      const { folder, parts, verified } = chosen.value;
      const to = verified.point.id;
      await replaceDurably(this.#options.dir, orderFile, JSON.stringify({ to, overwrite: order.overwrite }));
      const restored = await restoreFiles(folder, parts);
      const done = parts.map((part) => (isDue(part) ? { ...part, state: 'done' as const } : part));
      return this.#end(restored.ok ? ok(planOf(chosen.value, done)) : restored);
    });
  }

  /** What got stuck goes on when a controller starts next; everything else that was told is over. */
  async #end(carried: Result<RestorePlan>): Promise<Result<RestorePlan>> {
    if (!carried.ok && carried.error.reason === 'RestoreStuck') return carried;
    const over = await settled(async () => ok(await this.#callOff()));
    return over.ok ? carried : failed(notEnded(carried, over.error));
  }

  #callOff(): Promise<void> {
    return rm(join(this.#options.dir, orderFile), { force: true });
  }

  async interrupted(): Promise<Result<RestoreOrder | null>> {
    const text = await readFile(join(this.#options.dir, orderFile), 'utf8').catch(() => '');
    return ok(readOrder(text));
  }

  async #choose({ overwrite, to }: RestoreOrder): Promise<Result<Chosen>> {
    const { dir, maxBytes } = this.#options;
    const points = await this.points();
    if (!points.ok) return points;
    const id = to ?? points.value[0]?.id ?? null;
    if (id === null) return failed(none);
    const verified = await this.#read(id);
    if (verified === null) return failed((await this.#isThere(id)) ? broken(id) : unknownPoint(id, points.value));
    const folder = join(dir, id);
    const { entries, roots } = verified.manifest;
    const sound = await verifyBlobs(folder, entries);
    if (!sound.ok) return sound;
    const after = readAfter(await readFile(join(folder, afterFile), 'utf8').catch(() => ''));
    const comparing: Comparing = { roots, entries, after: after.ok ? after.value : null, overwrite, maxBytes, folder };
    const parts = await compareFiles(comparing);
    return parts.ok ? ok({ verified, folder, parts: parts.value }) : parts;
  }

  /** null: it is not there, or not what was verified. */
  async #read(id: string): Promise<Verified | null> {
    if (id.includes('/') || id.startsWith('.')) return null;
    const folder = join(this.#options.dir, id);
    const read = (name: string) => readFile(join(folder, name), 'utf8').catch(() => '');
    const found = readManifest(await read('manifest.json'), await read('verified.json'));
    return found?.manifest.id === id ? found : null;
  }

  async #isThere(id: string): Promise<boolean> {
    const names: readonly string[] = await readdir(this.#options.dir).catch(() => []);
    return names.includes(id);
  }

  async #clearPartial(): Promise<void> {
    const names = await readdir(this.#options.dir);
    for (const name of names.filter((each) => each.startsWith(partialPrefix)))
      await rm(join(this.#options.dir, name), { recursive: true, force: true });
  }
}

const isDue = ({ state }: FilePart): boolean => state === 'restore' || state === 'overwrite';

const planOf = ({ verified }: Chosen, parts: readonly FilePart[]): RestorePlan => ({
  point: verified.point,
  items: parts.map(({ diff, name, state }) => ({ name, state, diff })),
  remarks: [],
});

async function replaceDurably(folder: string, name: string, text: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeDurably(join(folder, `.${name}`), text);
  await rename(join(folder, `.${name}`), join(folder, name));
  await syncFile(folder);
}

/** A disk that refuses is a problem with a reason, never a throw. */
async function settled<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work();
  } catch (thrown) {
    return failed({ reason: 'DiskRefused', message: messageOf(thrown), retryable: true });
  }
}
