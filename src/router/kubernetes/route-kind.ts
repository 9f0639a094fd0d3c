/** A kind of object that splits traffic: where it lies, how the weights are found in it, and who could take the traffic. */
import type { KubeObject } from '../../kube/object.ts';
import type { KubeProblem } from '../../kube/problem.ts';
import type { Urgency } from '../../kube/turns.ts';
import type { KubeReads } from '../../kube/viewed-client.ts';
import type { Result } from '../../lib/result.ts';
import type { Backend } from '../deck.ts';
import type { Split } from './split.ts';

export interface RouteKind {
  /** For messages: `VirtualService shop/app`. */
  readonly title: string;
  /** Of the object, in the API. */
  readonly path: string;
  /** At least one; or why there is none, for people. */
  locate(object: KubeObject): Result<readonly Split[], string>;
  /** Whether a backend exists and has an endpoint that is ready. */
  isReady(from: KubeReads, backend: Backend, urgency: Urgency): Promise<Result<boolean, KubeProblem>>;
}
