/** What a look at the tokens refuses before any tree is built: linear in the text, and without recursion. */
import { CST, Lexer } from 'yaml';
import { lineMap } from './line-map.ts';
import type { YamlMistake } from './yaml-document.ts';

export const maxDepth = 32;
export const maxValues = 10_000;
const maxAliases = 20;
/** Commas, colons, dashes and question marks. */
const maxMarks = 4 * maxValues;

const scalarFollows = '\u001F';
const zeroWidth = new Set(['\u0002', '\u0018', scalarFollows]);

interface Counts {
  flowDepth: number;
  /** Nesting opened by `- - -` or `? ? ?` on this line. */
  inlineDepth: number;
  values: number;
  marks: number;
  aliases: number;
  anchors: number;
  documents: number;
}

const deeper = (counts: Counts): string | null =>
  counts.flowDepth + counts.inlineDepth > maxDepth ? `nested deeper than ${maxDepth} levels` : null;

const tooManyValues = `more than ${maxValues} values in one file`;

const another = (counts: Counts): string | null => {
  counts.values += 1;
  return counts.values > maxValues ? tooManyValues : null;
};

type Check = (counts: Counts, token: string) => string | null;

const opens: Check = (counts) => {
  counts.flowDepth += 1;
  return deeper(counts);
};
const closes: Check = (counts) => {
  counts.flowDepth -= 1;
  return null;
};
/** Empty values leave nothing but their marks. */
const marks: Check = (counts) => {
  counts.marks += 1;
  return counts.marks > maxMarks ? tooManyValues : null;
};
const indents: Check = (counts, token) => {
  counts.inlineDepth += 1;
  return deeper(counts) ?? marks(counts, token);
};

/** By the token's type; each answers what is wrong with it, or null. */
const checks: Readonly<Record<string, Check>> = {
  'flow-map-start': opens,
  'flow-seq-start': opens,
  'flow-map-end': closes,
  'flow-seq-end': closes,
  'seq-item-ind': indents,
  'explicit-key-ind': indents,
  comma: marks,
  'map-value-ind': marks,
  newline: (counts) => {
    counts.inlineDepth = 0;
    return null;
  },
  scalar: another,
  'single-quoted-scalar': another,
  'double-quoted-scalar': another,
  alias: (counts) => {
    counts.aliases += 1;
    return counts.aliases > maxAliases ? `more than ${maxAliases} aliases; write the values out` : another(counts);
  },
  anchor: (counts) => {
    counts.anchors += 1;
    return counts.anchors > maxAliases ? `more than ${maxAliases} anchors; write the values out` : null;
  },
  tag: (_, token) => `the tag ${JSON.stringify(token.slice(0, 40))} is not allowed; write the plain value`,
  'directive-line': () => 'YAML directives are not allowed',
  'doc-start': (counts) => {
    counts.documents += 1;
    return counts.documents > 1 ? 'a second document starts here; one file holds one document' : null;
  },
};

const typeOf = (token: string, before: string): string =>
  before === scalarFollows ? 'scalar' : (CST.tokenType(token) ?? '');

/** The first thing that is refused, with its place; null: the text may be parsed. */
export const scanYaml = (text: string): YamlMistake | null => {
  const counts: Counts = { flowDepth: 0, inlineDepth: 0, values: 0, marks: 0, aliases: 0, anchors: 0, documents: 0 };
  let offset = 0;
  let before = '';
  for (const token of new Lexer().lex(text)) {
    const message = zeroWidth.has(token) ? null : (checks[typeOf(token, before)]?.(counts, token) ?? null);
    if (message !== null) return { at: lineMap(text)(offset), message };
    if (!zeroWidth.has(token)) offset += token.length;
    before = token;
  }
  return null;
};
