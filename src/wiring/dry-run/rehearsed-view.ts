/** What a rehearsal looks at: everything as it stands after the writes so far, listed anew when it is told to. */
import type { KubeObject } from '../../kube/object.ts';
import { type KubeProblem, kubeProblem } from '../../kube/problem.ts';
import { ClusterView } from '../../kube/view.ts';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { RehearsedClient } from './rehearsed-client.ts';

export class RehearsedView extends ClusterView {
  readonly #client: RehearsedClient;
  readonly #paths: readonly string[];
  #listed = new Map<string, readonly KubeObject[]>();

  constructor(client: RehearsedClient, paths: readonly string[]) {
    super({ client, paths: [], relistEveryMs: 0 });
    this.#client = client;
    this.#paths = paths;
  }

  async refresh(): Promise<Result<void>> {
    const next = new Map<string, readonly KubeObject[]>();
    for (const path of this.#paths) {
      const listed = await this.#client.list(path);
      if (!listed.ok) return listed;
      next.set(path, listed.value.objects);
    }
    this.#listed = next;
    return ok(undefined);
  }

  override list(path: string): Result<readonly KubeObject[], KubeProblem> {
    const listed = this.#listed.get(path);
    return listed === undefined ? failed(kubeProblem('Unreachable', `${path} was not listed`)) : ok(listed);
  }

  /** The client knows it already. */
  override learn(): void {}
}
