/** A zod issue as a sentence: the word, what was found, what is allowed, and the nearest match. */
import { z } from 'zod';
import { didYouMean } from '../nearest.ts';
import { describeFound } from './describe-found.ts';
import type { Path } from './yaml-document.ts';

export type Issue = z.core.$ZodIssue;

/** An issue as zod hands it to an error map: with the schema that raised it. */
type RawIssue = z.core.$ZodRawIssue;

/** The words that a strict map knows. */
const knownWords = (issue: RawIssue): readonly string[] =>
  issue.inst instanceof z.core.$ZodObject ? Object.keys(issue.inst._zod.def.shape) : [];

const unknownWord = (key: string, known: readonly string[], planned: readonly string[]): string => {
  if (planned.includes(key)) {
    const list = known.length <= 10 ? `; available here: ${known.join(', ')}` : '';
    return `${key} is not available in this version${list}`;
  }
  const hint = didYouMean(key, known);
  return `unknown word ${describeFound(key)}${hint === '' ? `; known here: ${known.join(', ')}` : hint}`;
};

/** One sentence a key, a line each: zod gives one message for all unknown keys of a map. */
const unknownWords = (issue: RawIssue, planned: readonly string[]): string | undefined =>
  issue.code === 'unrecognized_keys'
    ? issue.keys.map((key) => unknownWord(key, knownWords(issue), planned)).join('\n')
    : undefined;

/** Option of a strict map: words that are planned, and refused as such. */
export const laterWords = (...planned: readonly string[]) => ({
  error: (issue: RawIssue): string | undefined => unknownWords(issue, planned),
});

const expectedNames: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of words',
  record: 'a map',
};

const notOneOf = (issue: RawIssue & { readonly code: 'invalid_value' }): string => {
  const allowed = issue.values.map(String);
  const hint = typeof issue.input === 'string' ? didYouMean(issue.input, allowed) : '';
  return `${describeFound(issue.input)} is not ${allowed.length > 1 ? 'one of ' : ''}${allowed.join(', ')}${hint}`;
};

/** What is counted where a size is wrong. */
const counted: Readonly<Record<string, string>> = { string: 'letters', array: 'entries' };

/** `revision: 1.9` is a number to YAML. */
const quotesHint = ({ expected, input }: { readonly expected: string; readonly input?: unknown }): string =>
  expected === 'string' && (typeof input === 'number' || typeof input === 'boolean') ? '; put it in quotes' : '';

type Limit = { readonly inclusive?: boolean | undefined };

const below = (issue: Limit & { readonly minimum: number | bigint }): string =>
  issue.inclusive === false ? `not above ${issue.minimum}` : `below ${issue.minimum}`;

const above = (issue: Limit & { readonly maximum: number | bigint }): string =>
  issue.inclusive === false ? `not below ${issue.maximum}` : `above ${issue.maximum}`;

/** The sentence after the word it is about; what zod's own wording would say badly. Given to every parse as error map. */
export const issueMessage = (issue: RawIssue): string | undefined => {
  const found = describeFound(issue.input);
  switch (issue.code) {
    case 'unrecognized_keys':
      return unknownWords(issue, []);
    case 'invalid_value':
      return issue.input === undefined ? 'is missing' : notOneOf(issue);
    case 'invalid_type':
      if (issue.input === undefined) return 'is missing';
      if (issue.input === null) return `is empty; write ${expectedNames[issue.expected] ?? issue.expected}`;
      return `${found} is not ${expectedNames[issue.expected] ?? issue.expected}${quotesHint(issue)}`;
    case 'too_small':
      return counted[issue.origin]
        ? `has fewer ${counted[issue.origin]} than ${issue.minimum}`
        : `${found} is ${below(issue)}`;
    case 'too_big':
      return counted[issue.origin]
        ? `has more ${counted[issue.origin]} than ${issue.maximum}`
        : `${found} is ${above(issue)}`;
    case 'invalid_key':
      return issue.issues[0]?.message;
    default:
      return undefined;
  }
};

/** The word that an issue is about: `alert`, or `steps[1]` in a list; empty at the top. */
export const wordAt = (path: Path): string => {
  const last = path.at(-1);
  if (last === undefined) return '';
  if (typeof last === 'string') return /^[\w$.-]+$/.test(last) ? last : describeFound(last);
  return `${wordAt(path.slice(0, -1))}[${last}]`;
};
