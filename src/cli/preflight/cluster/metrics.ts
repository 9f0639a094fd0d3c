/** Whether the metric sources answer, and every rule's query gives data for the versions that there are. */
import { formatFileError } from '../../../lib/config-file/file-error.ts';
import { parseYaml } from '../../../lib/config-file/yaml-file.ts';
import type { ArmMatch } from '../../../metrics/series.ts';
import { KubernetesStore } from '../../../release/kubernetes-store.ts';
import { clusterRuleSet, rulesKey } from '../../../release/policy-cluster-parse.ts';
import { type ArmLabels, fixedArmLabels } from '../../../rules/arm-labels.ts';
import type { Subject } from '../../../tuning/check/finding.ts';
import { folders } from '../../../workload/kubernetes/labels.ts';
import { intentOf } from '../../../workload/kubernetes/snapshot.ts';
import { serverOf } from '../../rules-online.ts';
import { type PreflightLine, skipped } from '../line.ts';
import { queryLines } from '../rules.ts';
import { sourcesLook } from '../sources.ts';
import { type ClusterLook, type ClusterPreflight, unseen } from './scene.ts';
import { outOfReach } from './within-reach.ts';

export const metricsLook: ClusterLook = async (scene) => {
  const { policy, target, timeoutMs } = scene;
  const template = (target === null ? null : intentOf(target))?.template ?? {};
  const spec = { kind: 'pods', template, config: [], replicas: 1 } as const;
  const hidden = await hiddenSources(scene);
  const sources = Object.fromEntries(Object.entries(policy.sources).filter(([name]) => !hidden.has(name)));
  const asked = { ...policy, sources, target: { revision: scene.stable ?? '', spec } };
  const [lines, rules] = await Promise.all([
    sourcesLook({ policy: asked, timeoutMs }),
    ruleLines(scene, hidden.get(policy.metrics.source) ?? null),
  ]);
  const unasked = [...hidden].map(([name, why]) => unseen(`source ${name}`, why));
  return [...lines, ...unasked, ...rules];
};

/** Why they can't be asked from here, by name. */
async function hiddenSources({ policy, timeoutMs }: ClusterPreflight): Promise<ReadonlyMap<string, string>> {
  const { alerts, fallback, source } = policy.metrics;
  const found = [...new Set([source, fallback, alerts])].map(async (name) => {
    const spec = name === null ? undefined : policy.sources[name];
    const why = spec === undefined ? null : await outOfReach(spec, timeoutMs);
    return name === null || why === null ? [] : [[name, `it can't be asked from here (${why})`] as const];
  });
  return new Map((await Promise.all(found)).flat());
}

async function ruleLines(scene: ClusterPreflight, hidden: string | null): Promise<readonly PreflightLine[]> {
  const { policy, timeoutMs } = scene;
  const text = await rulesText(scene);
  if (typeof text !== 'string') return [text];
  const set = await clusterRuleSet(policy, text);
  if (!set.ok) {
    const says = set.error.map(formatFileError).join('; ');
    return [{ grade: 'fail', subject: 'rules', says, fix: 'mend them: a broken set starts no release' }];
  }
  const { metrics, plan, sources } = policy;
  const spec = sources[metrics.source];
  const names = set.value.rules.map(({ name }) => name);
  if (spec?.kind !== 'prometheus')
    return names.map((name) => skipped(`rule ${name}`, 'not asked: the controller reads the pages of the pods itself'));
  if (hidden !== null) return names.map((name) => unseen(`rule ${name}`, hidden));
  const yaml = await parseYaml(text, 'rules');
  if (!yaml.ok) return [];
  const subject: Subject = {
    ...{ yaml: yaml.value, path: [], set: set.value, plan, labels: metrics.labels, intervalMs: spec.intervalMs },
  };
  const server = serverOf({ name: metrics.source, ...spec, timeoutMs }, policy);
  const lines = await queryLines(subject, { server, arms: await armsIn(scene), timeoutMs });
  return scene.stable === null ? lines.map(beforeTakeover) : lines;
}

/** What a mesh counts by Services that are not made yet is not there yet. */
const beforeTakeover = (line: PreflightLine): PreflightLine =>
  line.grade === 'ok' ? line : { ...line, grade: 'skip', says: `${line.says} (the policy was not taken over yet)` };

async function rulesText({ client, namespace, policy: { rules } }: ClusterPreflight): Promise<string | PreflightLine> {
  if (rules.kind === 'text') return rules.text;
  const read = await client.get(`${folders(namespace).configMaps}/${rules.map}`);
  const data = read.ok ? (read.value['data'] as Readonly<Record<string, string>> | undefined) : undefined;
  const text = data?.[rulesKey];
  if (text !== undefined) return text;
  const says = read.ok ? `ConfigMap ${rules.map} has no key ${rulesKey}` : read.error.message;
  return { grade: 'fail', subject: 'rules', says, fix: `apply ConfigMap ${rules.map} with a key ${rulesKey}` };
}

/** Stable's series, and the canary's while a release runs. */
async function armsIn({ client, namespace, policy, stable }: ClusterPreflight) {
  const store = new KubernetesStore({ client, namespace, epoch: 0, holds: () => false });
  const running = await store.releases({ policy: policy.name, active: true, limit: 1 });
  const canary = running.ok ? (running.value[0]?.revision ?? null) : null;
  const own = fixedArmLabels.map(({ prefix }) => ({ prefix, canary: {}, stable: {} }));
  const { labels } = policy.metrics;
  const filled = (revision: string | null, backend: 'canary' | 'stable'): ArmMatch =>
    revision === null ? {} : fill(labels, revision, backend);
  return { canary: filled(canary, 'canary'), stable: filled(stable, 'stable'), own };
}

/** Without those that only a controller can fill, which knows the pods' addresses. */
const fill = (labels: ArmLabels, revision: string, backend: 'canary' | 'stable'): ArmMatch =>
  Object.fromEntries(
    Object.entries(labels).flatMap(([label, template]) => {
      if (typeof template !== 'string') return [[label, template[backend]]];
      const value = template.replaceAll('$revision', revision).replaceAll('$backend', backend);
      return value.includes('$instance') ? [] : [[label, [value]]];
    }),
  );
