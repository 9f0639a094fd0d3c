/** What is said to whoever gives an order as an object and gets no answer, or one that can't be used. */
import type { KubeProblem } from '../../kube/problem.ts';
import type { Problem } from '../../lib/result.ts';
import type { OrderStatus } from '../../release/order-object-schema.ts';

const problem = (reason: string, message: string): Problem => ({ reason, message, retryable: false });

export const nameless = problem('Unavailable', 'the API server does not say who you are (SelfSubjectReview)');

export const gone = (id: string): Problem => problem('NotFound', `there is no release ${id}`);

export const noPoint = problem('Unreadable', 'it was carried out, and its answer names no backup: see `backup --list`');

export const notThere = (policy: string): Problem => problem('NotFound', `nothing is known of policy ${policy}`);

export const refusal = ({ reason = 'Refused', message = 'the controller gave no reason' }: OrderStatus): Problem =>
  problem(reason, message);

interface OrderPlace {
  readonly name: string;
  readonly namespace: string;
}

/** The admission policy's sentence, without what the server puts before it. */
export function refused({ message, reason }: KubeProblem, { name, namespace }: OrderPlace): Problem {
  const said = /denied request: ([\s\S]*)$/.exec(message)?.[1];
  if (said !== undefined) return problem('Forbidden', said);
  if (reason === 'NotFound')
    return problem(
      reason,
      `namespace ${namespace} takes no orders: apply this version's definitions with \`sluice crds | kubectl apply -f -\` (${message})`,
    );
  if (reason === 'Unknown')
    return problem(
      reason,
      `${message}; it may have been ordered all the same: see ReleaseOrder ${name} in ${namespace}`,
    );
  return problem(reason, message);
}

export const lost = (name: string, { message }: KubeProblem): Problem =>
  problem(
    'Unavailable',
    `the order was given, and its answer can't be read (${message}); it may have been carried out: look at ReleaseOrder ${name} and the release`,
  );

export const unheard = (name: string, namespace: string): Problem =>
  problem(
    'Unanswered',
    `the order is not answered; it may have been carried out: look at ReleaseOrder ${name} and the release; does a controller lead in namespace ${namespace}? (kubectl get lease sluice -n ${namespace})`,
  );
