/** One object of a cluster as a backup keeps it: what people wrote in it, its checksum, and how two of it differ. */
import { createHash, createHmac } from 'node:crypto';
import { z } from 'zod';
import type { KubeObject } from '../kube/object.ts';
import { canonicalJson } from '../lib/content-hash.ts';
import { lineDiff } from './line-diff.ts';

export type PartKind = 'ConfigMap' | 'Deployment' | 'Secret';

type Words = Readonly<Record<string, string>>;
type Json = Readonly<Record<string, unknown>>;

export interface Content {
  /** Values of a Secret, and of `binaryData`, in base64. */
  readonly data: Words;
  readonly binaryData: Words;
  /** Of a Secret; empty otherwise. */
  readonly type: string;
  /** Of a Deployment: its template without what others track it by, and how it rolls; empty otherwise. */
  readonly spec: Json;
}

const words = z.record(z.string(), z.string()).nullish();
const held = z.looseObject({ data: words, binaryData: words, type: z.string().nullish() });

export const contentOf = (object: KubeObject): Content => {
  const { binaryData, data, type } = held.parse(object);
  return { data: data ?? {}, binaryData: binaryData ?? {}, type: type ?? '', spec: {} };
};

export const deploymentContent = (spec: Json): Content => ({ data: {}, binaryData: {}, type: '', spec });

/** Of a Secret it is keyed: from a plain one a short password could be guessed. */
export const checksumOf = (content: Content, key: string): string => {
  const text = canonicalJson(content);
  return key === ''
    ? createHash('sha256').update(text).digest('hex')
    : createHmac('sha256', key).update(text).digest('hex');
};

export const bytesOf = (content: Content): number => Buffer.byteLength(canonicalJson(content));

/** Lines for people: of now, and as it will be. Values of Secrets never stand in them. */
export function contentDiff(kind: PartKind, now: Content | null, then: Content): readonly string[] {
  if (now === null) return ['is gone: comes back'];
  if (kind === 'Deployment') return specDiff(now.spec, then.spec);
  const binary = keyed(now.binaryData, then.binaryData).map(({ key, is }) => `${key} ${is}`);
  const type = now.type === then.type ? [] : [`type ${now.type} -> ${then.type}`];
  const shown = keyed(now.data, then.data).flatMap(({ key, is }) => {
    const [before, after] = [now.data[key], then.data[key]];
    const isShown = kind === 'ConfigMap' && before !== undefined && after !== undefined;
    return isShown ? lineDiff(before, after).map((line) => `${key} ${line}`) : [`${key} ${is}`];
  });
  return [...shown, ...binary, ...type];
}

function keyed(now: Words, then: Words): readonly { readonly key: string; readonly is: string }[] {
  const keys = [...new Set([...Object.keys(now), ...Object.keys(then)])].toSorted();
  return keys
    .filter((key) => now[key] !== then[key])
    .map((key) => ({ key, is: !(key in then) ? 'goes' : key in now ? 'changed' : 'comes back' }));
}

const mostPaths = 40;
const longestValue = 200;

/** A line for each place that differs. */
function specDiff(now: Json, then: Json): readonly string[] {
  const lines = leaves(now, then, '').map(({ path, before, after }) => `${path}: ${shown(before)} -> ${shown(after)}`);
  return lines.length <= mostPaths ? lines : [...lines.slice(0, mostPaths), `... ${lines.length - mostPaths} more`];
}

const shown = (value: unknown): string =>
  value === undefined ? 'nothing' : JSON.stringify(value).slice(0, longestValue);

interface Leaf {
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

function leaves(before: unknown, after: unknown, path: string): readonly Leaf[] {
  if (canonicalJson([before]) === canonicalJson([after])) return [];
  const areBoth = isBranch(before) && isBranch(after) && Array.isArray(before) === Array.isArray(after);
  if (!areBoth) return [{ path, before, after }];
  const [a, b] = [before as Json, after as Json];
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.flatMap((key) => leaves(a[key], b[key], path === '' ? key : `${path}.${key}`));
}

const isBranch = (value: unknown): boolean => typeof value === 'object' && value !== null;
