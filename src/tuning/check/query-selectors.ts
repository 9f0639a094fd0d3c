/** The selectors of a rule's own query, each with its place in the file. */
import type { Path } from '../../lib/config-file/yaml-document.ts';
import { armStandIn, expressionTree } from '../../rules/expression.ts';
import { selectorsIn } from '../../rules/promql-selectors.ts';
import type { PromqlNode } from '../../rules/promql-tree.ts';
import type { Matcher } from '../../rules/sli.ts';
import { atWord, type Finding, insideWord, type RuleSubject, type Saying } from './finding.ts';

export interface QuerySelector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
  /** Word of the rule that holds it. */
  readonly word: Path;
  /** Inside an expression; null: the word is the selector. */
  readonly offset: number | null;
}

/** An expression with the stand-in for `$arm`, letter for letter as in the file. */
export interface QueryTree {
  readonly text: string;
  readonly tree: PromqlNode;
}

export const queryTree = ({ rule: { sli } }: RuleSubject): QueryTree | null => {
  if (sli.kind !== 'expression') return null;
  const tree = expressionTree(sli.promql);
  return tree.ok ? { text: sli.promql.replaceAll('$arm', armStandIn), tree: tree.value } : null;
};

const armLabel = armStandIn.slice(0, armStandIn.indexOf('='));

/** Without the version's labels. */
export const expressionSelectors = (subject: RuleSubject): readonly QuerySelector[] => {
  const parsed = queryTree(subject);
  if (parsed === null) return [];
  return selectorsIn(parsed.tree, parsed.text).map(({ metric, matchers, at }) => ({
    metric,
    matchers: matchers.filter(({ label, op, value }) => label !== armLabel || op !== '=' || value !== ''),
    word: ['query'],
    offset: at,
  }));
};

/** None for a preset's: those are sound. */
export const querySelectors = (subject: RuleSubject): readonly QuerySelector[] => {
  const { rule, words } = subject;
  const { sli } = rule;
  if (!('query' in words)) return [];
  switch (sli.kind) {
    case 'ratio':
      return [
        { ...sli.bad, word: ['query', 'bad'], offset: null },
        { ...sli.total, word: ['query', 'total'], offset: null },
      ];
    case 'volume':
      return [{ ...sli.total, word: ['query', 'total'], offset: null }];
    case 'latency':
      return [{ ...sli.histogram, word: ['query', 'histogram'], offset: null }];
    case 'gauge':
      return [{ ...sli.selector, word: ['query'], offset: null }];
    case 'expression':
      return expressionSelectors(subject);
    case 'alert':
      return [];
  }
};

export const atSelector = (subject: RuleSubject, { word, offset }: QuerySelector, saying: Saying): Finding =>
  offset === null ? atWord(subject, word, saying) : insideWord(subject, word, { ...saying, offset });
