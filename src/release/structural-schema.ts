/** A zod schema as the structural OpenAPI schema that a CustomResourceDefinition wants. */
import { z } from 'zod';

export type StructuralSchema = Readonly<Record<string, unknown>>;

/** A rule in CEL over one object, with what is said when it does not hold. */
export interface CelRule {
  readonly rule: string;
  readonly message: string;
}

type Extras = ReadonlyMap<z.core.$ZodType, readonly CelRule[]>;

/** Words of JSON Schema that a definition does not have; unknown fields are refused by the server's own field validation. */
const strange = ['examples', 'additionalProperties', 'default'] as const;

/** What stands in an object before it is understood. `rules`: by the schema that they are about. */
export const structuralSchema = (schema: z.ZodType, rules: Extras = new Map()): StructuralSchema =>
  z.toJSONSchema(schema, {
    target: 'openapi-3.0',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      const inner = jsonSchema as Record<string, unknown>;
      tidy(inner);
      const found = rules.get(zodSchema);
      if (found !== undefined) inner['x-kubernetes-validations'] = found;
    },
  });

function tidy(inner: Record<string, unknown>): void {
  const { additionalProperties } = inner;
  for (const word of strange) Reflect.deleteProperty(inner, word);
  if (isSchema(additionalProperties) && Object.keys(additionalProperties).length > 0) {
    inner['additionalProperties'] = additionalProperties;
  } else if (isSchema(additionalProperties)) inner['x-kubernetes-preserve-unknown-fields'] = true;
  if (isOfTypes(inner['anyOf'], ['integer', 'string'])) {
    Reflect.deleteProperty(inner, 'anyOf');
    inner['x-kubernetes-int-or-string'] = true;
  } else if (isOfTypes(inner['anyOf'], ['string', 'object']) || isOfTypes(inner['anyOf'], ['integer', 'array'])) {
    // A definition knows no such choice: the controller reads it, and says what is wrong with it.
    Reflect.deleteProperty(inner, 'anyOf');
    inner['x-kubernetes-preserve-unknown-fields'] = true;
  }
}

const isSchema = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function isOfTypes(value: unknown, wanted: readonly [string, string]): boolean {
  if (!Array.isArray(value)) return false;
  const types = value.map((each: unknown) => (isSchema(each) ? each['type'] : null));
  return types.length === 2 && wanted.every((type) => types.includes(type));
}
