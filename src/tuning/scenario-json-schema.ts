/** JSON Schema of scenario files, for editors; from the same zod schema that reads them. */
import { asWritten, type JsonSchema } from '../release/policy-json-schema.ts';
import { scenarioFileWords } from './scenario-schema.ts';

export const scenarioJsonSchema = (): JsonSchema => asWritten(scenarioFileWords, 'Sluice scenario file');
