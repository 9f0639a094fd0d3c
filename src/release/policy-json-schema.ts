/** JSON Schemas (draft 7) of rule files and policies, for editors; made from the same zod schemas that read the files. */
import { z } from 'zod';
import { ruleFileWords } from '../rules/schema.ts';
import { inlineRules, policyWords } from './policy-schema.ts';

export type JsonSchema = Readonly<Record<string, unknown>>;

/** What stands in the file, before it is understood; `inline` rules are rules. */
export const asWritten = (schema: z.ZodType, title: string): JsonSchema => ({
  title,
  ...z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema !== inlineRules) return;
      for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
      jsonSchema.$ref = 'rules.schema.json';
    },
  }),
});

/** By the name of the file that holds it. */
export const jsonSchemas = {
  rules: (): JsonSchema => asWritten(ruleFileWords, 'Sluice rule file'),
  policy: (): JsonSchema => asWritten(policyWords, 'Sluice release policy'),
} as const;
