/** `sluice rules schema KIND`: the JSON Schema of rule files, policies or scenario files, for editors. */
import { Argument, type Command } from 'commander';
import { type JsonSchema, jsonSchemas } from '../release/policy-json-schema.ts';
import { scenarioJsonSchema } from '../tuning/scenario-json-schema.ts';
import { rulesCommand } from './rules-command.ts';

/** By the name of the file in rules/ that holds it. */
export const schemas = { ...jsonSchemas, scenarios: scenarioJsonSchema } as const;

const kinds = ['rules', 'policy', 'scenarios'] as const satisfies readonly (keyof typeof schemas)[];

/** As it stands in the file `rules/KIND.schema.json`. */
export const schemaText = (schema: JsonSchema): string => `${JSON.stringify(schema, null, 2)}\n`;

export const registerRulesSchema = (program: Command): void => {
  const command = rulesCommand(program)
    .command('schema')
    .description('print the JSON Schema for editors; name it in a file by "# yaml-language-server: $schema=FILE"')
    .addArgument(new Argument('<kind>', 'of which files').choices(kinds))
    .addHelpText('after', '\nExample:\n  $ sluice rules schema policy > policy.schema.json')
    .action((kind: (typeof kinds)[number]) => {
      command.configureOutput().writeOut?.(schemaText(schemas[kind]()));
    });
};
