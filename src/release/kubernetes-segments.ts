/** Pieces of the trail as ConfigMaps of a namespace: the newest is written on its version, those before are immutable. */
import { z } from 'zod';
import type { KubeClient } from '../kube/client.ts';
import type { KubeObject } from '../kube/object.ts';
import type { KubeProblem } from '../kube/problem.ts';
import { ok, type Result } from '../lib/result.ts';
import type { Segment } from './trail-chain.ts';

export interface KeptSegment extends Segment {
  readonly resourceVersion: string;
}

export interface SegmentPlace {
  readonly client: KubeClient;
  readonly namespace: string;
}

const label = 'sluice.dev/trail';

const number = z.string().regex(/^\d{1,9}$/);

const data = z.looseObject({
  first: number,
  oldest: number,
  previous: z.string(),
  hash: z.string(),
  lines: z.string(),
});

const folderOf = ({ namespace }: SegmentPlace): string => `/api/v1/namespaces/${namespace}/configmaps`;

/** In the order of their numbers; a map that holds no piece any more counts as gone. */
export async function listSegments(place: SegmentPlace): Promise<Result<readonly KeptSegment[], KubeProblem>> {
  const listed = await place.client.list(folderOf(place), { labelSelector: label });
  if (!listed.ok) return listed;
  return ok(listed.value.objects.flatMap((object) => segmentIn(object)).toSorted((a, b) => a.first - b.first));
}

function segmentIn(object: KubeObject): readonly KeptSegment[] {
  const read = object.metadata.labels?.[label] === undefined ? undefined : data.safeParse(object['data']).data;
  if (read === undefined) return [];
  const { first, hash, lines, oldest, previous } = read;
  const { name, resourceVersion } = object.metadata;
  const each = lines === '' ? [] : lines.split('\n');
  const numbers = { first: Number(first), oldest: Number(oldest) };
  return [{ ...numbers, name, resourceVersion, lines: each, previous, hash, sealed: object['immutable'] === true }];
}

/** `resourceVersion` left out: it is made, and fails with `AlreadyExists` where another has made it. */
export async function writeSegment(
  place: SegmentPlace,
  { resourceVersion, ...segment }: Segment & Partial<KeptSegment>,
): Promise<Result<KeptSegment, KubeProblem>> {
  const { first, hash, lines, name, oldest, previous, sealed } = segment;
  const body = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, labels: { [label]: 'segment' }, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
    data: { first: String(first), oldest: String(oldest), previous, hash, lines: lines.join('\n') },
    ...(sealed ? { immutable: true } : {}),
  };
  const { client } = place;
  const folder = folderOf(place);
  const written = await (resourceVersion === undefined
    ? client.create(folder, body)
    : client.replace(`${folder}/${name}`, body));
  return written.ok ? ok({ ...segment, resourceVersion: written.value.metadata.resourceVersion }) : written;
}

export async function removeSegment(place: SegmentPlace, { name }: Pick<Segment, 'name'>): Promise<void> {
  await place.client.delete(`${folderOf(place)}/${name}`);
}

/** As long as nobody has taken it. */
export const segmentName = (first: number): string => `sluice-trail-${String(first).padStart(9, '0')}`;
