/** Writes the JSON Schemas beside the shipped rules: run it after a schema in src changed. */
import { writeFileSync } from 'node:fs';
import { schemas, schemaText } from '../../src/cli/rules-schema.ts';

for (const [kind, schema] of Object.entries(schemas)) {
  writeFileSync(new URL(`../../rules/${kind}.schema.json`, import.meta.url), schemaText(schema()));
}
