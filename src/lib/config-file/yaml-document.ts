/** A YAML file as plain data, with the place of every value: what crosses from the parser's thread. */
import type { Position } from './line-map.ts';

export type Path = readonly (string | number)[];

export interface Place {
  /** Where the value begins. */
  readonly value: Position;
  /** Where its key begins; the value's own place in a list and at the top. */
  readonly key: Position;
}

export interface YamlDocument {
  readonly data: unknown;
  /** By `placeKey` of the path from the top. */
  readonly places: ReadonlyMap<string, Place>;
}

/** A mistake found while parsing; the file's name is added outside. */
export interface YamlMistake {
  readonly at: Position;
  readonly message: string;
}

export type YamlAnswer =
  | { readonly kind: 'document'; readonly document: YamlDocument }
  | { readonly kind: 'mistakes'; readonly mistakes: readonly YamlMistake[] };

export const placeKey = (path: Path): string => JSON.stringify(path);

/** The place of the value at a path, or of the nearest value around it that exists. */
export const placeOf = (document: YamlDocument, path: Path): Place => {
  for (let length = path.length; length >= 0; length -= 1) {
    const place = document.places.get(placeKey(path.slice(0, length)));
    if (place !== undefined) return place;
  }
  return { value: { line: 1, col: 1 }, key: { line: 1, col: 1 } };
};
