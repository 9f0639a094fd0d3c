/** Whether a body is what a service says that it takes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

const folder = join(import.meta.dirname, '../fixtures/services');

const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
addFormats.default(ajv);

/** All that is wrong with it; none: it is right. `name`: a file of test/fixtures/services. */
export function schemaFaults(name: string, body: unknown): readonly string[] {
  const validate = ajv.compile(JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')) as object);
  validate(body);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);
}
