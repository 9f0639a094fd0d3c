/** A ReleasePolicy as it stands in a cluster: its spec to a policy, or every mistake in it with its path. */
import { stringify } from 'yaml';
import type { z } from 'zod';
import type { FileError } from '../lib/config-file/file-error.ts';
import { type Issue, issueMessage } from '../lib/config-file/issue-message.ts';
import { isMap } from '../lib/config-file/sound-parts.ts';
import { didYouMean } from '../lib/nearest.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { RuleSet } from '../rules/rule.ts';
import { parseRules } from '../rules/rule-file.ts';
import { contactText } from './contacts.ts';
import { standbyOf } from './plan.ts';
import type { Policy, SourceSpec } from './policy.ts';
import { approvalsFrom } from './policy-approvals.ts';
import { backupIssues, type ClusterBackup, clusterBackupFrom } from './policy-backup.ts';
import { clusterCheckIssues, type Operated } from './policy-check-fit.ts';
import { checksFrom } from './policy-checks.ts';
import { kubernetesSpec } from './policy-cluster.ts';
import type { ClusterSettings } from './policy-cluster-settings.ts';
import type { ClusterTraffic } from './policy-cluster-traffic.ts';
import { contactsFrom, strayTargets } from './policy-contacts.ts';
import { fitErrors } from './policy-fit.ts';
import { readingGates } from './policy-gate-readings.ts';
import { gatesFrom, hookGates } from './policy-gates.ts';
import type { HookScene } from './policy-hook.ts';
import { hookServersFrom } from './policy-hook-servers.ts';
import { judgeFrom } from './policy-judge.ts';
import { linksFrom } from './policy-links.ts';
import { metricsIssues } from './policy-metrics.ts';
import { targetFrom } from './policy-notify.ts';
import { planFrom, planIssues } from './policy-plan.ts';
import { sourceFrom } from './policy-sources.ts';
import { tasksFrom } from './policy-tasks.ts';

/** What a policy of the cluster says, but for the revision that runs when it is seen first. */
export interface ClusterPolicy extends Omit<Policy, 'backup' | 'file' | 'rules' | 'target' | 'traffic'> {
  readonly deployment: string;
  /** null: nothing is kept. */
  readonly backup: ClusterBackup | null;
  readonly traffic: ClusterTraffic;
  readonly rules: ClusterRules;
}

/** `text`: a rule file, as it stands in the policy; `map`: the ConfigMap that has it, under the key rules.yaml. */
export type ClusterRules = (
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'map'; readonly map: string }
) & { readonly noCritical: 'refused' | 'accepted' };

/** One mistake: `spec.plan.steps.0.weight: ...`. */
export interface SpecMistake {
  readonly path: string;
  readonly message: string;
}

/** An object as far as this needs to know it. */
export interface PolicyObject {
  readonly name: string;
  readonly namespace: string;
  readonly spec: unknown;
}

/** Key of a ConfigMap that holds rules. */
export const rulesKey = 'rules.yaml';

const mistake = (path: readonly PropertyKey[], message: string): SpecMistake => ({
  path: ['spec', ...path].map(String).join('.'),
  message,
});

export function clusterPolicy(
  { name, namespace, spec }: PolicyObject,
  settings: ClusterSettings,
): Result<ClusterPolicy, readonly SpecMistake[]> {
  const checked = kubernetesSpec.safeParse(spec, { error: issueMessage, reportInput: true });
  const mistakes = [
    ...(checked.success ? [] : checked.error.issues.map(({ path, message }: Issue) => mistake(path, message))),
    ...togetherMistakes(isMap(spec) ? spec : {}, settings),
  ];
  if (!checked.success || mistakes.length > 0) return failed(mistakes);
  const { approvals, contacts, confidence, gates, judge, links, metrics, mode, notify, plan, rules, target } =
    checked.data;
  const { backup, tasks, traffic } = checked.data;
  const people = contactsFrom(contacts ?? {});
  return ok({
    name,
    namespace,
    deployment: target.deployment,
    backup: clusterBackupFrom(backup, hookScene(settings)),
    traffic,
    sources: sourcesFrom(settings),
    metrics: metricsOf(metrics),
    rules: rulesOf(rules),
    plan: { standby: standbyOf(1), ...planFrom(plan ?? {}) },
    judge: judgeFrom(judge ?? {}, confidence),
    mode: mode ?? 'enforce',
    gates: gatesFrom(gates ?? [], { metrics, sources: settings.sources, contacts: people.primary.map(contactText) }),
    approvals: approvalsFrom(approvals ?? []),
    checks: checksOf(checked.data, settings),
    tasks: tasksFrom(tasks),
    notify: notifyOf(notify, settings),
    contacts: people,
    links: linksFrom(links),
  });
}

type Words = z.output<typeof kubernetesSpec>;

const metricsOf = (words: Words['metrics']): Policy['metrics'] => ({
  source: words.source,
  fallback: words.fallback ?? null,
  alerts: words.alerts ?? null,
  preset: words.preset ?? 'app',
  resources: words.resources ?? 'cadvisor',
  labels: words.labels ?? { instance: '$instance' },
  own: [],
});

const hookScene = ({ hooks }: Pick<ClusterSettings, 'hooks'>): HookScene => ({
  folder: '/',
  servers: hookServersFrom(hooks),
});

function checksOf({ checks = [], gates = [], metrics }: Words, { hooks, sources }: ClusterSettings): Policy['checks'] {
  const scene = hookScene({ hooks });
  const { alerts = '' } = metrics;
  const knows = sources[alerts]?.alertmanager === undefined ? null : alerts;
  return [
    ...hookGates(gates, scene),
    ...readingGates(gates, { metrics, sources }),
    ...checksFrom(checks, { ...scene, alerts: knows }),
  ];
}

const rulesOf = ({ configMap, critical, inline }: Words['rules']): ClusterRules => ({
  ...(configMap === undefined ? { kind: 'text', text: stringify(inline) } : { kind: 'map', map: configMap }),
  noCritical: critical === 'optional' ? 'accepted' : 'refused',
});

const notifyOf = (words: Words['notify'], settings: ClusterSettings): Policy['notify'] =>
  (words ?? []).flatMap(({ to }) => {
    const told = settings.notify?.[to];
    return told === undefined ? [] : [targetFrom(to, told, '/')];
  });

/** Files that a source names stand where the operator's own process finds them: their paths are absolute. */
const sourcesFrom = ({ sources }: ClusterSettings): Readonly<Record<string, SourceSpec>> =>
  Object.fromEntries(Object.entries(sources).map(([name, words]) => [name, sourceFrom(words, '/')]));

function togetherMistakes(spec: Readonly<Record<string, unknown>>, settings: ClusterSettings): readonly SpecMistake[] {
  const { contacts, metrics, notify, plan, traffic } = spec;
  return [
    ...planIssues(plan, null).map(({ path, message }) => mistake(['plan', ...path], message)),
    ...metricsIssues(metrics, { sources: settings.sources, traffic }).map(({ word, message }) =>
      mistake(['metrics', word], message),
    ),
    ...clusterCheckIssues(spec, operatedBy(settings)).map(({ path, message }) => mistake(path, message)),
    ...backupIssues(spec).map(({ path, message }) => mistake(path, message)),
    ...notifyMistakes(notify, Object.keys(settings.notify ?? {})),
    ...strayTargets(contacts, calledTargets(notify)).map(({ path, message }) =>
      mistake(['contacts', ...path], message),
    ),
  ];
}

const operatedBy = ({ hooks = {}, signingSecrets = [], sources }: ClusterSettings): Operated => ({
  ...{ hooks, signingSecrets, sources },
});

const calledTargets = (notify: unknown): readonly string[] =>
  (Array.isArray(notify) ? notify : []).flatMap((target: unknown) => {
    const to = isMap(target) ? target['to'] : undefined;
    return typeof to === 'string' ? [to] : [];
  });

function notifyMistakes(notify: unknown, known: readonly string[]): readonly SpecMistake[] {
  const targets: readonly unknown[] = Array.isArray(notify) ? notify : [];
  const list = known.length === 0 ? 'no target at all' : known.join(', ');
  return targets.flatMap((target, index) => {
    const to = isMap(target) ? target['to'] : undefined;
    if (typeof to !== 'string' || known.includes(to)) return [];
    const message = `"${to}" is none of the targets in the operator's settings; there is ${list}${didYouMean(to, known)}`;
    return [mistake(['notify', index, 'to'], message)];
  });
}

/** The rules of a policy, from the text that it or its ConfigMap holds. Never rejects. */
export const clusterRuleSet = (policy: ClusterPolicy, text: string): Promise<Result<RuleSet, readonly FileError[]>> => {
  const { metrics, rules } = policy;
  return parseRules(text, {
    file: rules.kind === 'map' ? `ConfigMap ${rules.map}, ${rulesKey}` : 'spec.rules.inline',
    preset: metrics.preset,
    resources: metrics.resources,
    noCritical: rules.noCritical,
    check: (set) => fitErrors(policy, set),
  });
};
