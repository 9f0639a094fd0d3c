/** The book of a policy's rollback points, in its status: written by the controller that leads, and by none before it. */
import { fencedStatus, outrunBy } from '../kube/fenced-status.ts';
import type { KubeObject } from '../kube/object.ts';
import { canonicalJson } from '../lib/content-hash.ts';
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import type { KubernetesBackupOptions } from './kubernetes-world.ts';
import { type PointList, pointListOf } from './point-status.ts';

type Place = Pick<KubernetesBackupOptions, 'client' | 'epoch' | 'learn' | 'namespace' | 'policy'>;

export class PointBook {
  readonly #place: Place;
  readonly #path: string;

  constructor(place: Place) {
    this.#place = place;
    this.#path = `/apis/sluice.dev/v1alpha1/namespaces/${place.namespace}/releasepolicies/${place.policy}`;
  }

  /** `Fenced`: a later controller writes it. */
  async read(): Promise<Result<PointList>> {
    const read = await this.#place.client.get(this.#path);
    if (!read.ok) return read;
    const outrun = outrunBy(read.value, this.#place.epoch);
    return outrun === null ? listIn(read.value) : failed(outrun);
  }

  /** What the book says after it; `change` may be asked more than once, and writes nothing where it changes nothing. */
  async write(change: (list: PointList) => PointList): Promise<Result<PointList>> {
    const { client, epoch, learn } = this.#place;
    let wanted: PointList | null = null;
    const written = await fencedStatus(client, {
      ...{ path: this.#path, epoch },
      decide: (object) => {
        const list = listIn(object);
        if (!list.ok) return list;
        wanted = change(list.value);
        if (isSame(wanted, list.value)) return ok(null);
        return ok({ rollbackPoints: wanted.points, restore: wanted.restore });
      },
    });
    if (!written.ok) return written;
    learn(written.value);
    const list = listIn(written.value);
    return list.ok && !isSame(list.value, wanted) ? failed(oldDefinition) : list;
  }
}

const isSame = (a: PointList, b: PointList | null): boolean => canonicalJson(a) === canonicalJson(b);

function listIn({ metadata, ...object }: KubeObject): Result<PointList> {
  const list = pointListOf(object['status']);
  return list === null ? failed(unreadable(metadata.name)) : ok(list);
}

const unreadable = (name: string): Problem => ({
  reason: 'StateUnreadable',
  message: `the rollback points in the status of ReleasePolicy ${name} can't be read: none is used; run the version that wrote them`,
  retryable: false,
});

const oldDefinition: Problem = {
  reason: 'BackupUnsound',
  message:
    'the API server does not keep rollback points in the status of a ReleasePolicy: its CustomResourceDefinition is of an earlier version; apply what `sluice crds` prints',
  retryable: true,
};
