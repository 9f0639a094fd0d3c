/** A parsed YAML tree as plain data with places; every value that is ambiguous or dangerous is a mistake. */
import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { type LineMap, type Position, startOfFile } from './line-map.ts';
import { type Path, type Place, placeKey, type YamlAnswer, type YamlMistake } from './yaml-document.ts';
import { scalarAnswer } from './yaml-scalar.ts';
import { maxDepth, maxValues } from './yaml-scan.ts';

/** Keys that mean something to JavaScript objects themselves. */
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);

interface Walk {
  readonly document: Document;
  readonly at: LineMap;
  readonly places: Map<string, Place>;
  readonly mistakes: YamlMistake[];
  values: number;
}

interface Spot {
  readonly path: Path;
  /** Where the key stands, or where an empty value would. */
  readonly key: Position | null;
}

const startOf = (walk: Walk, node: unknown): Position | null => {
  const range = (node as Node | null | undefined)?.range;
  return range ? walk.at(range[0]) : null;
};

const refuse = (walk: Walk, at: Position | null, message: string): null => {
  walk.mistakes.push({ at: at ?? startOfFile, message });
  return null;
};

/** The key as text, or null with a mistake recorded. */
const keyText = (walk: Walk, pair: Pair, seen: ReadonlySet<string>): string | null => {
  const at = startOf(walk, pair.key);
  if (!isScalar(pair.key)) return refuse(walk, at, 'a key must be a plain word');
  const text = typeof pair.key.value === 'string' ? pair.key.value : (pair.key.source ?? '');
  if (text === '<<') return refuse(walk, at, 'merge keys ("<<") are not allowed; write the values out');
  if (forbiddenKeys.has(text)) return refuse(walk, at, `the key ${JSON.stringify(text)} is not allowed`);
  if (seen.has(text)) return refuse(walk, at, `the key ${JSON.stringify(text.slice(0, 40))} stands here twice`);
  return text;
};

const mapValue = (walk: Walk, map: YAMLMap, path: Path): Readonly<Record<string, unknown>> => {
  const data: Record<string, unknown> = {};
  const seen = new Set<string>();
  for (const pair of map.items) {
    const key = keyText(walk, pair, seen);
    if (key === null) continue;
    seen.add(key);
    data[key] = nodeValue(walk, pair.value, { path: [...path, key], key: startOf(walk, pair.key) });
  }
  return data;
};

const listValue = (walk: Walk, list: YAMLSeq, path: Path): readonly unknown[] =>
  list.items.map((item, index) => nodeValue(walk, item, { path: [...path, index], key: null }));

const nodeValue = (walk: Walk, given: unknown, spot: Spot): unknown => {
  const start = startOf(walk, given) ?? spot.key ?? startOfFile;
  walk.places.set(placeKey(spot.path), { value: start, key: spot.key ?? start });
  walk.values += 1;
  if (walk.values > maxValues) return null;
  if (spot.path.length > maxDepth) return refuse(walk, start, `nested deeper than ${maxDepth} levels`);
  const node = isAlias(given) ? given.resolve(walk.document) : given;
  if (node === undefined) return refuse(walk, start, 'this alias has no anchor before it');
  if (isMap(node)) return mapValue(walk, node, spot.path);
  if (isSeq(node)) return listValue(walk, node, spot.path);
  if (!isScalar(node)) return null;
  const answer = scalarAnswer(node);
  return 'value' in answer ? answer.value : refuse(walk, start, answer.refused);
};

export const plainData = (document: Document, at: LineMap): YamlAnswer => {
  const walk: Walk = { document, at, places: new Map(), mistakes: [], values: 0 };
  const data = nodeValue(walk, document.contents, { path: [], key: null });
  if (walk.values > maxValues) {
    return {
      kind: 'mistakes',
      mistakes: [{ at: startOfFile, message: `more than ${maxValues} values, with the aliases written out` }],
    };
  }
  if (walk.mistakes.length > 0) return { kind: 'mistakes', mistakes: walk.mistakes };
  return { kind: 'document', document: { data, places: walk.places } };
};
