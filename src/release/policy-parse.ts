/** A policy file: text to a policy, or every mistake in it with its place. Reads no other file. */
import { dirname } from 'node:path';
import { type FileError, inFileOrder } from '../lib/config-file/file-error.ts';
import { checkPart, errorAt } from '../lib/config-file/schema-errors.ts';
import { isMap, soundParts } from '../lib/config-file/sound-parts.ts';
import type { Source } from '../lib/config-file/source-text.ts';
import type { Path } from '../lib/config-file/yaml-document.ts';
import { parseYaml, type YamlFile } from '../lib/config-file/yaml-file.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { RuleSet } from '../rules/rule.ts';
import { readRules } from '../rules/rule-file.ts';
import { contactText } from './contacts.ts';
import type { Plan } from './plan.ts';
import type { Policy, RulesChoice, Traffic } from './policy.ts';
import { approvalsFrom } from './policy-approvals.ts';
import { backupFrom, backupIssues } from './policy-backup.ts';
import { fileCheckIssues } from './policy-check-fit.ts';
import { checksFrom } from './policy-checks.ts';
import { contactsFrom, strayTargets } from './policy-contacts.ts';
import { fromFolder } from './policy-fields.ts';
import { readingGates } from './policy-gate-readings.ts';
import { gatesFrom, hookGates } from './policy-gates.ts';
import { judgeFrom } from './policy-judge.ts';
import { linksFrom } from './policy-links.ts';
import { metricsFrom, metricsIssues } from './policy-metrics.ts';
import { targetNames, targetsFrom } from './policy-notify.ts';
import { planFrom, planIssues } from './policy-plan.ts';
import { type PolicyWords, policyWords, type SpecWords, specWords } from './policy-schema.ts';
import { serverIssues } from './policy-servers.ts';
import { sourceFrom } from './policy-sources.ts';
import { standbyProblem } from './policy-standby.ts';
import { sizeOfStable, targetFrom, targetProblem } from './policy-target.ts';
import { tasksFrom } from './policy-tasks.ts';
import { trafficFrom } from './policy-traffic.ts';
import { ruleMisfits } from './policy-traffic-fit.ts';

type Checked<T> = Result<T, readonly FileError[]>;

/** What the words of target, plan and metrics get wrong together, as far as they could be read. */
const togetherErrors = (yaml: YamlFile, spec: Readonly<Record<string, unknown>>): readonly FileError[] => {
  const at = (path: Path, message: string): FileError => errorAt(yaml, { path: ['spec', ...path] }, message);
  const { contacts, target, plan, metrics, notify, sources, traffic } = spec;
  const problem = isMap(target) ? targetProblem(target) : null;
  return [
    ...(problem === null ? [] : [errorAt(yaml, { path: ['spec', 'target'], anchor: 'key' }, problem)]),
    ...planIssues(plan, problem === null ? sizeOfStable(target) : null).map(({ path, message }) =>
      at(['plan', ...path], message),
    ),
    ...metricsIssues(metrics, { sources: isMap(sources) ? sources : {}, traffic }).map(({ word, message }) =>
      at(['metrics', word], message),
    ),
    ...strayTargets(contacts, targetNames(notify)).map(({ path, message }) =>
      at(['contacts', ...path.map(String)], message),
    ),
    ...fileCheckIssues(spec).map(({ path, message }) => at(path, message)),
    ...backupIssues(spec).map(({ path, message }) => at(path, message)),
    ...[standbyProblem(target, plan)].flatMap((message) =>
      message === null ? [] : [at(['plan', 'standby'], message)],
    ),
    ...serverIssues(traffic, { target, plan }).map(({ word, message }) => at(['traffic', 'haproxy', word], message)),
  ];
};

const inlinePath = ['spec', 'rules', 'inline'] as const;

/** The rules that stand in the policy itself; null when it names a file, or says too little to read them. */
const inlineSet = (yaml: YamlFile, spec: Partial<SpecWords>): Checked<RuleSet> | null => {
  const { rules, metrics } = spec;
  if (rules?.inline === undefined) return null;
  return readRules(
    yaml,
    { data: rules.inline, path: inlinePath },
    {
      preset: metrics?.preset ?? 'app',
      resources: metrics?.resources ?? 'host',
      noCritical: rules.critical === 'optional' ? 'accepted' : 'refused',
    },
  );
};

const rulesFrom = (words: SpecWords['rules'], inline: Checked<RuleSet> | null, folder: string): RulesChoice =>
  inline?.ok
    ? { kind: 'inline', set: inline.value }
    : {
        kind: 'file',
        path: fromFolder(folder, words.file) ?? '',
        noCritical: words.critical === 'optional' ? 'accepted' : 'refused',
      };

/** The source that knows alerts by itself; null: only a Prometheus does, or nobody. */
const alertsOf = ({ metrics, sources }: SpecWords): string | null => {
  const { alerts } = metrics;
  return alerts !== undefined && sources[alerts]?.alertmanager !== undefined ? alerts : null;
};

const isSticky = (traffic: Traffic): boolean => traffic.kind === 'proxy' && traffic.settings.sticky !== undefined;

/** Where users stay with their version, only new sessions show the weight. */
const planUnder = (traffic: Traffic, plan: Plan): Plan =>
  isSticky(traffic) && plan.verify === 'requests' ? { ...plan, verify: 'newConnections' } : plan;

const policyFrom = (words: PolicyWords, file: string, inline: Checked<RuleSet> | null): Policy => {
  const { metadata, spec } = words;
  const folder = dirname(file);
  const traffic = trafficFrom(spec.traffic, folder);
  const contacts = contactsFrom(spec.contacts ?? {});
  const sources = Object.entries(spec.sources).map(([name, source]) => [name, sourceFrom(source, folder)] as const);
  return {
    name: metadata.name,
    namespace: metadata.namespace ?? 'default',
    file,
    target: targetFrom(spec.target, folder),
    traffic,
    sources: Object.fromEntries(sources),
    metrics: metricsFrom(spec.metrics, traffic),
    rules: rulesFrom(spec.rules, inline, folder),
    plan: planUnder(traffic, planFrom(spec.plan ?? {})),
    judge: { ...judgeFrom(spec.judge ?? {}, spec.confidence), sticky: isSticky(traffic) },
    mode: spec.mode ?? 'enforce',
    gates: gatesFrom(spec.gates ?? [], { ...spec, contacts: contacts.primary.map(contactText) }),
    backup: backupFrom(spec.backup, folder),
    approvals: approvalsFrom(spec.approvals ?? []),
    checks: [
      ...hookGates(spec.gates ?? [], { folder, servers: {} }),
      ...readingGates(spec.gates ?? [], spec),
      ...checksFrom(spec.checks ?? [], { folder, servers: {}, alerts: alertsOf(spec) }),
    ],
    tasks: tasksFrom(spec.tasks),
    notify: targetsFrom(spec.notify ?? [], folder),
    contacts,
    links: linksFrom(spec.links),
  };
};

/** A policy that was parsed as YAML already. */
export const readPolicy = (yaml: YamlFile): Checked<Policy> => {
  const { data } = yaml.document;
  const checked = checkPart(yaml, { schema: policyWords, data, path: [] });
  const spec = isMap(data) && isMap(data['spec']) ? data['spec'] : {};
  const inline = inlineSet(yaml, soundParts(specWords, spec));
  const errors = [
    ...(checked.ok ? [] : checked.error),
    ...togetherErrors(yaml, spec),
    ...(inline === null || inline.ok ? [] : inline.error),
  ];
  if (!checked.ok || errors.length > 0) return failed(inFileOrder(errors));
  const policy = policyFrom(checked.value, yaml.file, inline);
  const misfits = policy.rules.kind === 'inline' ? ruleMisfits(policy, policy.rules.set) : [];
  return misfits.length > 0 ? failed(misfits) : ok(policy);
};

/** The policy of a file's content, or all mistakes in the order of the file. Paths start at the file's folder. Never rejects. */
export const parsePolicy = async (source: Source, file: string): Promise<Checked<Policy>> => {
  const yaml = await parseYaml(source, file);
  return yaml.ok ? readPolicy(yaml.value) : yaml;
};
