/** What a snapshot of files says of itself: every path with its kind, rights and checksum. Written last, and read strictly. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import { failed, ok, type Result } from '../lib/result.ts';
import type { RollbackPoint } from './snapshots.ts';

const common = { path: z.string(), mode: z.int(), uid: z.int(), gid: z.int() };

const entry = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('file'),
    ...common,
    size: z.int(),
    mtimeMs: z.number(),
    sha256: z.string(),
    blob: z.string().regex(/^[0-9]+$/),
  }),
  z.strictObject({ kind: z.literal('dir'), ...common }),
  z.strictObject({ kind: z.literal('link'), ...common, target: z.string() }),
]);

export type FileEntry = z.output<typeof entry>;

const manifest = z.strictObject({
  format: z.literal(1),
  id: z.string(),
  revision: z.string(),
  takenAtMs: z.number(),
  roots: z.array(z.string()),
  entries: z.array(entry),
  /** What else was kept elsewhere, for people. */
  notes: z.array(z.string()).optional(),
});

export type FileManifest = z.output<typeof manifest>;

const verified = z.strictObject({ atMs: z.number(), manifest: z.string() });

export const sha256 = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Everything that is compared of an entry: two that say the same are the same to whoever reads the file. */
export const signature = (each: FileEntry): string => {
  const mode = (each.mode & 0o7777).toString(8);
  return each.kind === 'file'
    ? `file ${mode} ${each.sha256}`
    : each.kind === 'link'
      ? `link ${each.target}`
      : `dir ${mode}`;
};

export interface Verified {
  readonly manifest: FileManifest;
  readonly point: RollbackPoint;
}

/** The two files of a snapshot; null: they are not what was verified. */
export function readManifest(manifestText: string, verifiedText: string): Verified | null {
  const said = manifest.safeParse(jsonOf(manifestText));
  const proof = verified.safeParse(jsonOf(verifiedText));
  if (!said.success || !proof.success || proof.data.manifest !== sha256(manifestText)) return null;
  const { entries, id, notes = [], revision, takenAtMs } = said.data;
  const files = entries.filter(({ kind }) => kind === 'file');
  const bytes = files.reduce((sum, each) => sum + (each.kind === 'file' ? each.size : 0), 0);
  const holds = [`${files.length} file${files.length === 1 ? '' : 's'}`, sizeText(bytes), ...notes].join(', ');
  const checksum = proof.data.manifest;
  return { manifest: said.data, point: { id, revision, takenAtMs, verifiedAtMs: proof.data.atMs, checksum, holds } };
}

export const sizeText = (bytes: number): string =>
  bytes < 10_000
    ? `${bytes} bytes`
    : bytes < 10_000_000
      ? `${Math.round(bytes / 1000)} kB`
      : `${Math.round(bytes / 1e6)} MB`;

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const after = z.strictObject({ atMs: z.number(), signatures: z.record(z.string(), z.string()) });

export type After = z.output<typeof after>;

export function readAfter(text: string): Result<After, string> {
  const said = after.safeParse(jsonOf(text));
  return said.success ? ok(said.data) : failed('it can not be read');
}

const order = z.strictObject({ to: z.string(), overwrite: z.array(z.string()) });

/** An order that was under way; null: none, or none that can be read. */
export const readOrder = (text: string): z.output<typeof order> | null => order.safeParse(jsonOf(text)).data ?? null;
