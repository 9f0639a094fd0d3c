/** What a release of what a Deployment asks for now would write, found out without writing anything. */

import { stringify } from 'yaml';
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject } from '../../kube/object.ts';
import { failed, ok, type Problem, type Result } from '../../lib/result.ts';
import { begin } from '../../release/begin.ts';
import { KubernetesStore } from '../../release/kubernetes-store.ts';
import { standbyOf } from '../../release/plan.ts';
import { kubernetesSpec } from '../../release/policy-cluster.ts';
import { rulesKey } from '../../release/policy-cluster-parse.ts';
import { judgeFrom } from '../../release/policy-judge.ts';
import { planFrom } from '../../release/policy-plan.ts';
import type { Release } from '../../release/release.ts';
import type { PolicyState } from '../../release/store.ts';
import type { RuleSet } from '../../rules/rule.ts';
import { parseRules } from '../../rules/rule-file.ts';
import { folders } from '../../workload/kubernetes/labels.ts';
import { KubernetesWorkload } from '../../workload/kubernetes.ts';
import { KubernetesTarget } from '../../workload/kubernetes-target.ts';
import { onlyServices, servicesOf } from '../cluster/cluster-service.ts';
import { policiesFolder } from '../cluster/policies-folder.ts';
import { clusterRouter } from '../cluster-router.ts';
import { rehearse, type Stage } from './rehearse.ts';
import { RehearsedClient, type RehearsedWrite } from './rehearsed-client.ts';
import { RehearsedView } from './rehearsed-view.ts';

export interface Rehearsal {
  readonly policy: string;
  readonly namespace: string;
  readonly revision: string;
  readonly stable: string;
  readonly writes: readonly RehearsedWrite[];
  /** What else is written, by what hangs on the run itself, in words. */
  readonly besides: readonly string[];
  /** What would stop it, after those writes; null: nothing that can be known before. */
  readonly problem: Problem | null;
}

interface Place {
  readonly client: KubeClient;
  readonly namespace: string;
}

type Words = NonNullable<ReturnType<typeof kubernetesSpec.safeParse>['data']>;

/** Higher than that of any controller: its stamps are left out of what is told. */
const epoch = Number.MAX_SAFE_INTEGER;

/** Fails where there is nothing to rehearse, or something can't be read. */
export async function rehearsalOf({ client, namespace }: Place, name: string): Promise<Result<Rehearsal>> {
  const object = await client.get(`${policiesFolder(namespace)}/${encodeURIComponent(name)}`);
  if (!object.ok) return object;
  const checked = kubernetesSpec.safeParse(object.value['spec']);
  if (!checked.success) return failed(refused('SpecInvalid', `the policy is not valid: sluice preflight ${name}`));
  const words = checked.data;
  if (words.mode === 'observe')
    return failed(refused('ObservesOnly', `policy ${name} only observes: it writes nothing but its own records`));
  const state = await idleState({ client, namespace }, name);
  if (!state.ok) return state;
  const dry = new RehearsedClient(client.access);
  const stage = await stageFor({ client: dry, namespace }, object.value, words);
  if (!stage.ok) return stage;
  const release = await begunBy(stage.value, words, { name, namespace, state: state.value });
  if (!release.ok) return release;
  const known = { ...state.value.revisions, [release.value.revision]: stage.value.wish.spec };
  const done = await rehearse(stage.value, release.value, { ...state.value, revisions: known });
  await stage.value.workload.close();
  const { revision, stableRevision } = release.value;
  const told = { policy: name, namespace, revision, stable: stableRevision ?? '' };
  return ok({ ...told, writes: dry.writes, besides: besidesOf(words), problem: done.ok ? null : done.error });
}

const besidesOf = ({ backup, checks = [], gates = [] }: Words): readonly string[] => [
  'its own records: Release and its status, the status of ReleasePolicy, ConfigMaps of its log, events',
  ...(backup === undefined ? [] : ['the rollback point that spec.backup asks for: copies of what the Deployment uses']),
  ...([...checks, ...gates].some((each) => 'job' in each)
    ? ['a Job each time that a check or a gate asks for one']
    : []),
];

async function idleState({ client, namespace }: Place, name: string): Promise<Result<PolicyState>> {
  const store = new KubernetesStore({ client, namespace, epoch: 0, holds: () => false });
  const running = await store.releases({ policy: name, active: true, limit: 1 });
  if (!running.ok) return running;
  const [release] = running.value;
  if (release !== undefined)
    return failed(
      refused(
        'ReleaseRunning',
        `release ${release.id} is under way, and makes way first: rehearse what follows when it is over`,
      ),
    );
  const state = await store.policy(name);
  if (!state.ok) return state;
  return state.value === null || state.value.stable === null
    ? failed(
        refused(
          'NotYetServed',
          `no controller has taken policy ${name} over yet: what it would adopt is told by sluice preflight ${name}`,
        ),
      )
    : ok(state.value);
}

async function stageFor(
  place: { readonly client: RehearsedClient; readonly namespace: string },
  policy: KubeObject,
  words: Words,
): Promise<Result<Stage>> {
  const { client, namespace } = place;
  const services = servicesOf(words.traffic);
  if (services === null) return failed(onlyServices);
  const router = clusterRouter(place, words.traffic);
  if (!router.ok) return router;
  const { autoscalers, configMaps, deployments, pods, services: folder } = folders(namespace);
  const view = new RehearsedView(client, [deployments, folder, configMaps, autoscalers, pods]);
  const looked = await view.refresh();
  if (!looked.ok) return looked;
  const owner = { namespace, policy: policy.metadata.name, uid: policy.metadata.uid };
  const common = { client, view, owner, target: words.target.deployment, epoch };
  const target = new KubernetesTarget(common);
  const wish = target.wish();
  if (!wish.ok) return wish;
  const workload = new KubernetesWorkload({ ...common, services, troubled: () => {} });
  return ok({ client, view, target, workload, router: router.value, wish: wish.value, epoch });
}

async function begunBy(
  { view, wish }: Stage,
  words: Words,
  { name, namespace, state }: { readonly name: string; readonly namespace: string; readonly state: PolicyState },
): Promise<Result<Release>> {
  const maps = view.list(folders(namespace).configMaps);
  if (!maps.ok) return maps;
  const rules = await rulesOf(words, maps.value);
  if (!rules.ok) return rules;
  const { revision, spec } = wish;
  const begun = begin({
    ...{ state, revision, spec, rules: rules.value, unjudgeable: [], compression: 1, mode: 'enforce' },
    id: `${name}-${revision}-rehearsed`,
    plan: { standby: standbyOf(1), ...planFrom(words.plan ?? {}) },
    noCritical: noCriticalIn(words),
    judge: judgeFrom(words.judge ?? {}, words.confidence),
    startedBy: 'a rehearsal',
    nowMs: Date.now(),
  });
  return begun.ok ? ok(begun.value.release) : begun;
}

/** As the controller takes it. */
const noCriticalIn = ({ rules }: Words) => (rules.critical === 'optional' ? 'accepted' : 'refused');

async function rulesOf(words: Words, maps: readonly KubeObject[]): Promise<Result<RuleSet>> {
  const { metrics, rules } = words;
  const text = rules.configMap === undefined ? stringify(rules.inline) : mapText(maps, rules.configMap);
  if (text === null)
    return failed(refused('RulesInvalid', `there is no ConfigMap ${rules.configMap} with rules under ${rulesKey}`));
  const file = rules.configMap ?? 'spec.rules.inline';
  const parsed = await parseRules(text, {
    file,
    preset: metrics.preset ?? 'app',
    resources: metrics.resources ?? 'cadvisor',
    noCritical: noCriticalIn(words),
  });
  return parsed.ok ? parsed : failed(refused('RulesInvalid', parsed.error.map(({ message }) => message).join('; ')));
}

function mapText(maps: readonly KubeObject[], name: string): string | null {
  const data = maps.find(({ metadata }) => metadata.name === name)?.['data'];
  return (data as Readonly<Record<string, string>> | undefined)?.[rulesKey] ?? null;
}

const refused = (reason: string, message: string): Problem => ({ reason, message, retryable: false });
