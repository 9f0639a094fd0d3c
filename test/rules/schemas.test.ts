/** The JSON Schemas in rules/ are those of the program. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { schemas, schemaText } from '../../src/cli/rules-schema.ts';

for (const [kind, schema] of Object.entries(schemas)) {
  test(`rules/${kind}.schema.json is current (else: node test/rules/write-schemas.ts)`, () => {
    const file = new URL(`../../rules/${kind}.schema.json`, import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(schemaText(schema()));
  });
}
