/** What is left of a ReleasePolicy that can't be understood any more: where its traffic is split, which is all that taking a release back needs. */
import { type Issue, issueMessage } from '../lib/config-file/issue-message.ts';
import { isMap } from '../lib/config-file/sound-parts.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { standbyOf } from './plan.ts';
import { kubernetesSpec } from './policy-cluster.ts';
import type { ClusterPolicy, PolicyObject, SpecMistake } from './policy-cluster-parse.ts';
import type { ClusterSettings } from './policy-cluster-settings.ts';
import { contactsFrom } from './policy-contacts.ts';
import { judgeFrom } from './policy-judge.ts';
import { linksFrom } from './policy-links.ts';
import { targetFrom } from './policy-notify.ts';
import { planFrom } from './policy-plan.ts';

/** Nothing is measured, asked or begun by it. Fails with the mistakes in `spec.target` and `spec.traffic`. */
export function policyToTakeBack(
  { name, namespace, spec }: PolicyObject,
  settings: Pick<ClusterSettings, 'notify'>,
): Result<ClusterPolicy, readonly SpecMistake[]> {
  const { target, traffic } = kubernetesSpec.shape;
  const parts = isMap(spec) ? spec : {};
  const whom = target.safeParse(parts['target'], { error: issueMessage, reportInput: true });
  const where = traffic.safeParse(parts['traffic'], { error: issueMessage, reportInput: true });
  if (!whom.success || !where.success)
    return failed([...mistakes('target', whom.error?.issues), ...mistakes('traffic', where.error?.issues)]);
  return ok({
    ...{ name, namespace, deployment: whom.data.deployment, traffic: where.data },
    ...{ backup: null, sources: {}, metrics: unmeasured },
    rules: { kind: 'text', text: '', noCritical: 'accepted' },
    plan: { standby: standbyOf(1), ...planFrom({}) },
    judge: judgeFrom({}, undefined),
    mode: 'enforce',
    ...{ gates: [], approvals: [], checks: [], tasks: [] },
    notify: toldTo(parts['notify'], settings),
    contacts: contactsFrom(kubernetesSpec.shape.contacts.safeParse(parts['contacts']).data ?? {}),
    links: linksFrom(kubernetesSpec.shape.links.safeParse(parts['links']).data),
  });
}

const unmeasured: ClusterPolicy['metrics'] = {
  ...{ source: 'nothing', fallback: null, alerts: null, preset: 'app', resources: 'cadvisor' },
  labels: { instance: '$instance' },
  own: [],
};

/** Whoever can still be reached. */
const toldTo = (words: unknown, { notify = {} }: Pick<ClusterSettings, 'notify'>): ClusterPolicy['notify'] =>
  (kubernetesSpec.shape.notify.safeParse(words).data ?? []).flatMap(({ to }) => {
    const told = notify[to];
    return told === undefined ? [] : [targetFrom(to, told, '/')];
  });

const mistakes = (part: string, issues: readonly Issue[] = []): readonly SpecMistake[] =>
  issues.map(({ path, message }) => ({ path: ['spec', part, ...path].map(String).join('.'), message }));
