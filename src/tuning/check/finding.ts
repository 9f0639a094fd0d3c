/** What `rules check` has to say about a rule beyond its syntax: where, how grave, and what to do. */
import { type FileError, fileError } from '../../lib/config-file/file-error.ts';
import { placeInside } from '../../lib/config-file/place-inside.ts';
import { errorAt } from '../../lib/config-file/schema-errors.ts';
import { isMap } from '../../lib/config-file/sound-parts.ts';
import { type Path, placeOf } from '../../lib/config-file/yaml-document.ts';
import type { YamlFile } from '../../lib/config-file/yaml-file.ts';
import type { Plan } from '../../release/plan.ts';
import type { ArmLabels } from '../../rules/arm-labels.ts';
import type { Rule, RuleSet } from '../../rules/rule.ts';

/** `error`: the rule can't do what it is for. `warning`: it works, though probably not as it was meant. */
export type Level = 'error' | 'warning';

export interface Finding extends FileError {
  readonly level: Level;
  /** For machines: `SelectorMatchesNothing`. */
  readonly check: string;
  readonly rule: string | null;
}

/** A rule set that was read well, and what is known of where it will be used. */
export interface Subject {
  readonly yaml: YamlFile;
  /** Where in the file the rules stand. */
  readonly path: Path;
  readonly set: RuleSet;
  /** Of the policy; null: a rule file by itself. */
  readonly plan: Plan | null;
  readonly labels: ArmLabels | null;
  /** From one scrape to the next; null: not known. */
  readonly intervalMs: number | null;
}

export interface RuleSubject extends Subject {
  readonly rule: Rule;
  /** The words that stand in the file. */
  readonly words: Readonly<Record<string, unknown>>;
  readonly rulePath: Path;
}

/** Several rules may come from one entry of the file: then its line tells. */
const nameInFile = ({ yaml, path }: Subject, rules: Readonly<Record<string, unknown>>, rule: Rule): string => {
  if (rule.name in rules) return rule.name;
  const sameLine = (name: string): boolean => placeOf(yaml.document, [...path, name]).key.line === rule.at.line;
  return Object.keys(rules).find(sameLine) ?? rule.name;
};

const dataAt = (data: unknown, path: Path): unknown =>
  path.reduce<unknown>((inner, part) => (isMap(inner) ? inner[part] : undefined), data);

export const ruleSubjects = (subject: Subject): readonly RuleSubject[] => {
  const data = dataAt(subject.yaml.document.data, subject.path);
  const rules = isMap(data) ? data : {};
  return subject.set.rules.map((rule) => {
    const name = nameInFile(subject, rules, rule);
    const words = rules[name];
    return { ...subject, rule, words: isMap(words) ? words : {}, rulePath: [...subject.path, name] };
  });
};

export interface Saying {
  readonly level: Level;
  readonly check: string;
  readonly message: string;
}

/** At one word of the rule, or at the rule itself where the word is not written. */
export const atWord = (subject: RuleSubject, word: Path, saying: Saying): Finding => {
  const written = word[0] !== undefined && word[0] in subject.words;
  const where = written ? { path: [...subject.rulePath, ...word] } : { path: subject.rulePath, anchor: 'key' as const };
  return { ...errorAt(subject.yaml, where, saying.message), ...saying, rule: subject.rule.name };
};

/** At one letter of a word's text. */
export const insideWord = (subject: RuleSubject, word: Path, given: Saying & { readonly offset: number }): Finding => {
  const { offset, ...saying } = given;
  const at = placeInside(subject.yaml, [...subject.rulePath, ...word], offset);
  return { ...fileError(subject.yaml.file, at, saying.message), ...saying, rule: subject.rule.name };
};
