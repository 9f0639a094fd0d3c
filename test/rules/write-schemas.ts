/** Writes the JSON Schemas beside the shipped rules: run it after a schema in src changed. */
import { writeFileSync } from 'node:fs';
import { schemaText } from '../../src/cli/rules-schema.ts';
import { jsonSchemas } from '../../src/release/policy-json-schema.ts';

for (const [kind, schema] of Object.entries(jsonSchemas)) {
  writeFileSync(new URL(`../../rules/${kind}.schema.json`, import.meta.url), schemaText(schema()));
}
