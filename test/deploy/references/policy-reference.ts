/** Every word of a policy file and of a rule file as a page, from the schemas that read them. */
import { jsonSchemas } from '../../../src/release/policy-json-schema.ts';
import { type Schema, type WordRow, wordRows } from './word-rows.ts';

export const policyReference = (): string => `# Words of a policy, and of a rule file

Written by \`npm run references\` from the schemas that read the files; \`rules/policy.schema.json\` and \`rules/rules.schema.json\` are the same for editors.
Durations are written \`30s\`, \`10m\`, \`1h30m\`. NAME stands for a name of your own, \`[]\` for each entry of a list. A word that stands nowhere here is an error,
with the nearest known one named.

## Policy

\`policy.example.yaml\` beside this page is a whole one; \`runbook.example.yaml\` has all gates, approvals, checks and contacts of a runbook, too.

${table(wordRows(jsonSchemas.policy()))}

## Rules

A rule file, or \`spec.rules.inline\`: a map from a rule's name (what it measures where it names no query) to its words. \`rules/README.md\` explains one line by line.

${table(ruleRows(jsonSchemas.rules() as unknown as RuleFile))}
`;

interface RuleFile {
  readonly definitions: { readonly rule: Schema };
}

const ruleRows = ({ definitions: { rule } }: RuleFile): readonly WordRow[] => [
  {
    word: 'critical',
    needed: '',
    values: '`none`',
    says: 'Beside the rules: none of them is critical, and that is meant.',
  },
  ...wordRows(rule, 'NAME'),
];

const table = (rows: readonly WordRow[]): string =>
  ['| word | | may be | what it says |', '|---|---|---|---|', ...rows.map(row)].join('\n');

const row = ({ needed, says, values, word }: WordRow): string =>
  `| \`${word}\` | ${needed} | ${cell(values)} | ${cell(says)} |`;

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
