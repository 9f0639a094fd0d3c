/** What rules must be as a set: some, not too many, one of them critical unless it is said that none is. */
import type { FileError } from '../lib/config-file/file-error.ts';
import { errorAt } from '../lib/config-file/schema-errors.ts';
import { isMap } from '../lib/config-file/sound-parts.ts';
import type { Path } from '../lib/config-file/yaml-document.ts';
import type { YamlFile } from '../lib/config-file/yaml-file.ts';

/** The one word beside the rules that is no rule: `critical: none`. */
export const criticalWord = 'critical';

const maxRules = 100;

/** The map of rules as it stands in the file. */
export interface RulesMap {
  readonly data: Readonly<Record<string, unknown>>;
  readonly path: Path;
}

/** Somebody gave a policy where rules were due. */
export const policyWordError = (yaml: YamlFile, { data, path }: RulesMap): FileError | null => {
  const word = ['apiVersion', 'kind'].find((candidate) => candidate in data);
  if (word === undefined) return null;
  return errorAt(yaml, { path: [...path, word], anchor: 'key' }, `${word} belongs to a policy; here are rules only`);
};

const noCriticalMessage =
  'no rule has alert: critical, so nothing would ever be rolled back; if that is meant, add critical: none';

/** What `critical: none`, where it stands, gets wrong. */
const statedProblem = (stated: unknown, alerts: readonly unknown[]): string | null => {
  if (stated === undefined) return null;
  if (stated !== 'none') return 'critical may only be "none" here: it says that no rule is critical';
  return alerts.includes('critical') ? 'critical is "none" here, yet a rule has alert: critical' : null;
};

/** Each route of a rule is a rule. */
export const tooManyRules = (count: number): string | null =>
  count > maxRules ? `${count} rules, each route counted, are more than ${maxRules}` : null;

/** `noCritical`: what a set without a critical rule is, where the file does not say that it is meant. */
export const setErrors = (
  yaml: YamlFile,
  { data, path }: RulesMap,
  noCritical: 'refused' | 'accepted',
): readonly FileError[] => {
  const atKey = (message: string): readonly FileError[] => [errorAt(yaml, { path, anchor: 'key' }, message)];
  const rules = Object.entries(data).filter(([name]) => name !== criticalWord);
  if (rules.length === 0) return atKey('there are no rules here');
  const tooMany = tooManyRules(rules.length);
  if (tooMany !== null) return atKey(tooMany);
  const alerts = rules.map(([, rule]) => (isMap(rule) ? rule['alert'] : undefined));
  const stated = data[criticalWord];
  const problem = statedProblem(stated, alerts);
  if (problem !== null) return [errorAt(yaml, { path: [...path, criticalWord] }, problem)];
  // An alert that cannot be read is told of where it stands; it may have meant critical.
  const noneIsCritical = alerts.every((alert) => alert === 'warning' || alert === 'info');
  return noneIsCritical && stated !== 'none' && noCritical === 'refused' ? atKey(noCriticalMessage) : [];
};
