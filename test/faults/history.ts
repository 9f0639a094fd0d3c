/** Every state that routes, Services, their endpoints and pods of the cluster had, in the order in which the server accepted them. */
import type { Api, KubeObject } from '../lab/api/api.ts';
import { follow } from '../lab/api/follow.ts';
import type { AtEnd } from '../support/at-end.ts';

export interface Seen extends KubeObject {
  readonly spec?: unknown;
  readonly status?: unknown;
  /** Of an EndpointSlice. */
  readonly endpoints?: readonly { readonly conditions?: { readonly ready?: boolean } }[] | null;
}

export type Plural = 'virtualservices' | 'services' | 'endpointslices' | 'pods';

export interface Happened {
  readonly atMs: number;
  readonly plural: Plural;
  readonly object: Seen;
  readonly isGone: boolean;
}

const paths: Readonly<Record<Plural, string>> = {
  virtualservices: '/apis/networking.istio.io/v1/virtualservices',
  services: '/api/v1/services',
  endpointslices: '/apis/discovery.k8s.io/v1/endpointslices',
  pods: '/api/v1/pods',
};

export class History {
  readonly #byNamespace = new Map<string, Happened[]>();
  readonly #known = new Map<string, string>();
  readonly #namespaces = new Map<string, string>();

  constructor(api: Api, atEnd: AtEnd) {
    const stop = new AbortController();
    atEnd(() => stop.abort());
    for (const plural of Object.keys(paths) as Plural[]) {
      const follower = {
        listed: (objects: readonly Seen[]) => {
          for (const object of objects) this.#note(plural, object);
        },
        changed: (object: Seen) => this.#note(plural, object),
        gone: (object: Seen) => this.#push(plural, object, true),
      };
      void follow<Seen>(api, paths[plural], { follower, signal: stop.signal });
    }
  }

  of(namespace: string): readonly Happened[] {
    return this.#byNamespace.get(namespace) ?? [];
  }

  forget(namespace: string): void {
    this.#byNamespace.delete(namespace);
  }

  /** Where the pod at an address lives; '' if there is none. */
  namespaceAt(address: string): string {
    return this.#namespaces.get(address) ?? '';
  }

  #note(plural: Plural, object: Seen): void {
    const { uid, resourceVersion, namespace = '' } = object.metadata;
    if (this.#known.get(uid) === resourceVersion) return;
    this.#known.set(uid, resourceVersion);
    const { podIP } = (object.status ?? {}) as { readonly podIP?: string };
    if (podIP !== undefined) this.#namespaces.set(podIP, namespace);
    this.#push(plural, object, false);
  }

  #push(plural: Plural, object: Seen, isGone: true | false): void {
    const { namespace = '' } = object.metadata;
    const events = this.#byNamespace.get(namespace) ?? [];
    this.#byNamespace.set(namespace, events);
    events.push({ atMs: Date.now(), plural, object, isGone });
  }
}
