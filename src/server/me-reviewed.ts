/** Who asks, and what they may, where a reviewer knows: an order may be a right on one policy alone. */
import { failed, ok, type Problem, type Result } from '../lib/result.ts';
import type { Controls } from './controls.ts';
import type { Me } from './me.ts';
import { actionNames } from './requests.ts';
import type { Reviewer, Subject } from './reviewer.ts';

interface Around {
  readonly reviewer: Reviewer;
  readonly controls: Controls;
}

/** Policies whose orders are asked for one by one. */
const mostAsked = 10;

/** `act`: at least one order on one policy; each order is reviewed on its own when it is given. */
export async function meReviewed(around: Around, subject: Subject): Promise<Result<Me>> {
  const [reads, acts] = await Promise.all([mayRead(around, subject), mayAct(around, subject)]);
  const trouble = [reads, acts].find((each) => each !== null && each.reason !== 'Forbidden');
  if (trouble !== undefined && trouble !== null) return failed(trouble);
  return ok({
    who: subject.name,
    groups: subject.groups,
    rights: [...(reads === null ? (['read'] as const) : []), ...(acts === null ? (['act'] as const) : [])],
    why: acts?.message ?? null,
  });
}

const mayRead = ({ reviewer }: Around, subject: Subject): Promise<Problem | null> =>
  reviewer.objection(subject, { kind: 'object', verb: 'list', resource: 'releases', name: null });

async function mayAct({ reviewer, controls }: Around, subject: Subject): Promise<Problem | null> {
  const asked = async (name: string | null): Promise<Problem | null> => {
    const found = await Promise.all(
      actionNames.map((verb) =>
        reviewer.objection(subject, { kind: 'object', verb, resource: 'releasepolicies', name }),
      ),
    );
    return found.includes(null) ? null : (found[0] ?? null);
  };
  const onAll = await asked(null);
  if (onAll?.reason !== 'Forbidden') return onAll;
  const policies = await controls.policies();
  if (!policies.ok) return policies.error;
  for (const { name } of policies.value.slice(0, mostAsked)) {
    const onOne = await asked(name);
    if (onOne?.reason !== 'Forbidden') return onOne;
  }
  return onAll;
}
