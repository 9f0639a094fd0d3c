/** The objects of one path as last heard, whatever order lists, watches and answers of writes come in. */
import type { KubeObject } from './object.ts';
import type { WatchNews } from './watch.ts';

export type ObjectNews = Exclude<WatchNews, { readonly kind: 'alive' | 'troubled' }>;

/** Versions are numbers that rise, whatever else the API says of them: so does the election count on. */
const versionIn = (version: string): number => Number(version);

const versionOf = ({ metadata: { resourceVersion } }: KubeObject): number => versionIn(resourceVersion);

export class HeardObjects {
  #objects = new Map<string, KubeObject>();
  #isListed = false;
  /** All that happened up to here was heard. */
  #heardTo = 0;

  get isListed(): boolean {
    return this.#isListed;
  }

  all(): readonly KubeObject[] {
    return [...this.#objects.values()];
  }

  /** Whether anything changed by it. */
  take(news: ObjectNews): boolean {
    if (news.kind === 'listed') return this.#takeList(news);
    const { name, uid } = news.object.metadata;
    this.#heardTo = Math.max(this.#heardTo, versionOf(news.object));
    if (news.kind === 'deleted') return this.#objects.get(name)?.metadata.uid === uid && this.#objects.delete(name);
    return this.#put(news.object);
  }

  /** The answer of a write; whether it was news. One that is gone since then does not come back by it. */
  learn(object: KubeObject): boolean {
    const isGone = !this.#objects.has(object.metadata.name) && versionOf(object) <= this.#heardTo;
    return !isGone && this.#put(object);
  }

  #put(object: KubeObject): boolean {
    const known = this.#objects.get(object.metadata.name);
    if (known !== undefined && versionOf(object) <= versionOf(known)) return false;
    this.#objects.set(object.metadata.name, object);
    return true;
  }

  /** What was written while the list was on its way is newer than the list, and stays. */
  #takeList({ objects, version }: Extract<ObjectNews, { readonly kind: 'listed' }>): boolean {
    const before = this.#objects;
    const wasListed = this.#isListed;
    const listedAt = versionIn(version);
    const later = this.all().filter((object) => versionOf(object) > listedAt);
    this.#objects = new Map(objects.map((object) => [object.metadata.name, object]));
    for (const object of later) this.#put(object);
    this.#isListed = true;
    this.#heardTo = Math.max(this.#heardTo, listedAt);
    const isSame = ({ metadata: { name, resourceVersion } }: KubeObject): boolean =>
      before.get(name)?.metadata.resourceVersion === resourceVersion;
    return !wasListed || before.size !== this.#objects.size || !this.all().every(isSame);
  }
}
