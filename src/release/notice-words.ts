/** The placeholders of notices, `{{name}}`: a closed list, so that a misspelt one is noticed when the policy is loaded. */
import { didYouMean } from '../lib/nearest.ts';

export const noticeWords = [
  'title',
  'text',
  'reason',
  'urgency',
  'policy',
  'revision',
  'release',
  'state',
  'rule',
  'contacts',
  'page',
  'dashboard',
  'runbook',
] as const;

export type NoticeWord = (typeof noticeWords)[number];

/** What an address that people open may name: everything but what is long, or is such an address itself. */
export const linkWords = ['policy', 'revision', 'release'] as const satisfies readonly NoticeWord[];

const placeholder = /\{\{\s*([^{}]*?)\s*\}\}/g;

/** Every placeholder replaced; `of` says by what. */
export const filled = (template: string, of: (word: NoticeWord) => string): string =>
  template.replaceAll(placeholder, (_whole, word: NoticeWord) => of(word));

/** What is wrong with a template; null: nothing. */
export function templateProblem(template: string, known: readonly NoticeWord[] = noticeWords): string | null {
  const names = [...template.matchAll(placeholder)].map(([, name = '']) => name);
  const unknown = names.find((name) => !known.some((word) => word === name));
  if (unknown !== undefined) {
    const hint = didYouMean(unknown, known);
    return `holds {{${unknown}}}, which is no placeholder${hint === '' ? `; there is ${known.join(', ')}` : hint}`;
  }
  return /\{\{|\}\}/.test(template.replaceAll(placeholder, '')) ? 'holds {{ or }} without the other' : null;
}
