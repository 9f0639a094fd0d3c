/** The words of a JSON Schema, one a row: where each stands, what it may be, and what it is for. */

export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly const?: string | number | boolean;
  readonly enum?: readonly (string | number | boolean)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly $ref?: string;
}

export interface WordRow {
  /** `plan.steps[].weight` */
  readonly word: string;
  readonly needed: 'needed' | '';
  readonly values: string;
  readonly says: string;
}

export const wordRows = (schema: Schema, prefix = ''): readonly WordRow[] => {
  const parts = [schema, ...(schema.allOf ?? []), ...(schema.anyOf ?? []), ...(schema.oneOf ?? [])];
  const rows = parts.flatMap((part) => [...ownRows(part, prefix), ...ofOthers(part, prefix)]);
  return rows.filter(({ word }, at) => rows.findIndex((each) => each.word === word) === at);
};

const ownRows = ({ properties = {}, required = [] }: Schema, prefix: string): readonly WordRow[] =>
  Object.entries(properties).flatMap(([name, schema]) => {
    const word = prefix === '' ? name : `${prefix}.${name}`;
    const needed = required.includes(name) ? ('needed' as const) : '';
    const row: WordRow = { word, needed, values: valuesOf(schema), says: schema.description ?? '' };
    return [row, ...wordRows(schema, word)];
  });

/** Lists, and maps whose keys people choose. */
const ofOthers = ({ additionalProperties, items }: Schema, prefix: string): readonly WordRow[] => [
  ...(items === undefined ? [] : wordRows(items, `${prefix}[]`)),
  ...(typeof additionalProperties === 'object' ? wordRows(additionalProperties, `${prefix}.NAME`) : []),
];

export const valuesOf = (schema: Schema): string => {
  const { anyOf, enum: words, items, oneOf, type } = schema;
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (words !== undefined) return words.map((word) => `\`${String(word)}\``).join(', ');
  if (schema.$ref !== undefined) return 'rules';
  const choices = anyOf ?? oneOf;
  if (choices !== undefined) return [...new Set(choices.map(valuesOf))].filter((each) => each !== '').join(' or ');
  if (type === 'array') return `list${items === undefined ? '' : ` of ${valuesOf(items) || 'anything'}`}`;
  if (type === 'object') return 'map';
  return [type ?? '', rangeOf(schema)].filter((part) => part !== '').join(' ');
};

/** Bounds that only say what a number can hold are left out. */
const rangeOf = ({ maximum, minimum }: Schema): string => {
  const known = (bound: number | undefined): number | null =>
    bound === undefined || Math.abs(bound) >= Number.MAX_SAFE_INTEGER ? null : bound;
  const [least, most] = [known(minimum), known(maximum)];
  if (least !== null && most !== null) return `${least}-${most}`;
  if (least !== null) return `from ${least}`;
  return most === null ? '' : `up to ${most}`;
};
