/** The images of a revision before its first traffic: named by their digests, and the ones that were attested. */
import { resultOf } from '../release/attest.ts';
import type { Attestation } from '../release/attestation.ts';
import type { GateDemand, GateOutcome } from '../release/gate-demand.ts';
import type { Release } from '../release/release.ts';
import { isAmong } from '../release/who-may.ts';
import { moment } from '../verdict/words.ts';
import type { RevisionSpec } from '../workload/revision-spec.ts';

export interface ContainerImage {
  readonly container: string;
  /** As the template has it: `registry/app:v2`, `registry/app@sha256:...`. */
  readonly image: string;
}

type ImageDemand = Extract<GateDemand, { readonly kind: 'image' }>;

const outcome = (state: GateOutcome['state'], evidence: string, todo = ''): GateOutcome => ({
  ...{ state, evidence, todo },
  who: null,
});

/** Of the template that is delivered; null: it is of no pods, or was not kept. */
export function imagesOf(spec: RevisionSpec | undefined): readonly ContainerImage[] | null {
  if (spec?.kind !== 'pods') return null;
  const pod = spec.template['spec'];
  return ['initContainers', 'containers'].flatMap((word) => listIn(pod, word)).flatMap(imageIn);
}

const listIn = (pod: unknown, word: string): readonly unknown[] => {
  const list: unknown = isMap(pod) ? pod[word] : undefined;
  return Array.isArray(list) ? list : [];
};

const imageIn = (container: unknown): readonly ContainerImage[] =>
  isMap(container) && typeof container['name'] === 'string'
    ? [{ container: container['name'], image: typeof container['image'] === 'string' ? container['image'] : '' }]
    : [];

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const digestOf = (image: string): string | null => /@(sha256:[0-9a-f]{64})$/.exec(image)?.[1] ?? null;

interface Around {
  readonly attested: readonly Attestation[];
  readonly images?: readonly ContainerImage[] | null;
}

export function imageSeen(demand: ImageDemand, release: Release, { attested, images = null }: Around): GateOutcome {
  const { revision } = release;
  if (images === null) return outcome('waiting', `the images of ${revision} are not known`, 'wait');
  const { containers } = demand;
  const meant = containers.length === 0 ? images : images.filter(({ container }) => containers.includes(container));
  const absent = containers.filter((name) => !images.some(({ container }) => container === name));
  if (absent.length > 0 || meant.length === 0)
    return outcome('failed', `${revision} has no container ${absent.join(', ')}`, 'name those that it has in the gate');
  const loose = meant.filter(({ image }) => digestOf(image) === null);
  if (loose.length > 0)
    return outcome(
      'failed',
      `not pinned by digest: ${loose.map(({ container, image }) => `${container} (${image || 'no image'})`).join(', ')}`,
      'deploy it as NAME@sha256:..., a tag may mean another image tomorrow',
    );
  return demand.attested === null
    ? outcome('passed', `pinned by digest: ${shown(meant)}`)
    : attestedSeen(demand, { release, attested, meant, result: demand.attested });
}

const shown = (images: readonly ContainerImage[]): string =>
  images.map(({ container, image }) => `${container} ${short(digestOf(image) ?? '')}`).join(', ');

/** As much of it as tells two apart. */
const short = (digest: string): string => digest.slice(0, 19);

interface Attested {
  readonly release: Release;
  readonly attested: readonly Attestation[];
  readonly meant: readonly ContainerImage[];
  /** Its name. */
  readonly result: string;
}

function attestedSeen({ by }: ImageDemand, { attested, meant, release, result }: Attested): GateOutcome {
  const { policy, revision } = release;
  const post = `post them with \`sluice attest ${policy} ${result} --revision ${revision} --pass --digest sha256:...\``;
  const given = resultOf(attested, result, revision);
  if (given === null) return outcome('waiting', `no result ${result} was posted for ${revision}`, post);
  const { atMs, digests = [], outcome: said, who } = given;
  if (by.length > 0 && !isAmong(by, given)) {
    const evidence = `the result ${result} was posted by ${who}, and counts from ${by.join(' or ')} only`;
    return { state: 'waiting', evidence, todo: `${post}, with a token of ${by.join(' or ')}`, who };
  }
  const posted = `posted by ${who} at ${moment(atMs)}`;
  if (said === 'fail') return { ...outcome('failed', `${result} says fail, ${posted}`, `mend it and ${post}`), who };
  const strange = meant.filter(({ image }) => !digests.includes(digestOf(image) ?? ''));
  if (strange.length === 0) return { ...outcome('passed', `pinned and attested: ${shown(meant)}; ${posted}`), who };
  const known = digests.length === 0 ? 'no digest' : digests.map(short).join(', ');
  const evidence = `deployed is ${shown(strange)}, attested is ${known}; ${posted}`;
  return { state: 'failed', evidence, todo: `deploy what was attested, or ${post}`, who };
}
