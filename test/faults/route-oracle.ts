/** What the server accepted as weights, held against the safety properties (src/release/README.md). */
import { annotation } from '../../src/router/kubernetes/marks.ts';
import type { Happened, Seen } from './history.ts';
import type { Write } from './ledger.ts';
import { compression, type Step } from './objects.ts';

interface Weights {
  readonly canary: number;
  readonly stable: number;
  readonly epoch: number;
  readonly release: string;
  readonly latched: readonly string[];
  readonly stamp: string;
}

interface Route {
  readonly http: readonly { readonly route: readonly { readonly weight?: number }[] }[];
}

export function weightsOf({ metadata: { annotations = {} }, spec }: Seen): Weights {
  const [stable, canary] = (spec as Route).http[0]?.route ?? [];
  return {
    canary: canary?.weight ?? 0,
    stable: stable?.weight ?? 0,
    epoch: Number(annotations[annotation.epoch] ?? 0),
    release: annotations[annotation.release] ?? '',
    latched: (annotations[annotation.latched] ?? '').split(',').filter((each) => each !== ''),
    stamp: annotations[annotation.stamp] ?? '',
  };
}

/** Sentences about what is wrong; none when all is well. */
export function routeFaults(happened: readonly Happened[], steps: readonly Step[]): readonly string[] {
  const states = happened.filter(({ plural }) => plural === 'virtualservices').map(({ object }) => weightsOf(object));
  const found: string[] = [];
  const reached = new Map<string, number>();
  let before: Weights | null = null;
  for (const now of states) {
    // A write of ours leaves a new stamp; one without is a person's.
    if (before !== null && now.stamp !== before.stamp) found.push(...faultsOf(now, before, { steps, reached }));
    before = now;
  }
  return found;
}

function faultsOf(
  now: Weights,
  before: Weights,
  { steps, reached }: { readonly steps: readonly Step[]; readonly reached: Map<string, number> },
): readonly string[] {
  const { canary, epoch, latched, release, stable } = now;
  const found: string[] = [];
  if (stable + canary !== 100) found.push(`S3: weights ${stable} and ${canary} do not sum to 100`);
  if (epoch < before.epoch) found.push(`S4: epoch ${epoch} wrote after epoch ${before.epoch}`);
  const gone = before.latched.filter((each) => !latched.includes(each));
  if (gone.length > 0) found.push(`S5: the latch of ${gone.join(', ')} is gone`);
  if (canary === 0 || canary === before.canary) return found;
  const step = steps.findIndex(({ weight }) => weight === canary);
  const last = reached.get(release) ?? -1;
  if (step < 0) found.push(`S3: ${canary} % is no step of the plan`);
  if (canary > before.canary && latched.includes(release))
    found.push(`S2: ${release} rose to ${canary} % after its latch`);
  if (step > last + 1) found.push(`S5: ${release} went from step ${last + 1} to step ${step + 1}`);
  reached.set(release, Math.max(step, last));
  return found;
}

/** A step lasts from the answer that its weight holds to the request for the next: what the controller sees is no longer. */
export function bakeFaults(writes: readonly Write[], steps: readonly Step[]): readonly string[] {
  const begun = new Map<string, number>();
  const found: string[] = [];
  for (const write of writes.filter(
    ({ method, path, code }) =>
      method === 'PATCH' && path.endsWith('/app') && path.includes('virtualservices') && code === 200,
  )) {
    const { canary, release } = weightsOf(JSON.parse(write.answer) as Seen);
    const step = steps.findIndex(({ weight }) => weight === canary);
    const before = begun.get(`${release} ${step - 1}`);
    const owedMs = ((steps[step - 1]?.bakeSeconds ?? 0) * 1_000) / compression;
    if (before !== undefined && !begun.has(`${release} ${step}`) && write.askedAtMs - before < owedMs)
      found.push(`S6: ${release} baked ${Math.round(write.askedAtMs - before)} of ${owedMs} ms at step ${step}`);
    if (!begun.has(`${release} ${step}`)) begun.set(`${release} ${step}`, write.doneAtMs ?? write.askedAtMs);
  }
  return found;
}
