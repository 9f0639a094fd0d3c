/** Every rule file, policy and scenario file in the fixtures: the good ones are good, the bad ones say just what their comments expect. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { FileError } from '../../src/lib/config-file/file-error.ts';
import type { Result } from '../../src/lib/result.ts';
import { parsePolicy } from '../../src/release/policy-parse.ts';
import { readPolicyRules } from '../../src/release/policy-rules.ts';
import { parseRules } from '../../src/rules/rule-file.ts';
import { parseScenarios } from '../../src/tuning/scenario-parse.ts';

type Parse = (text: string, file: string) => Promise<Result<unknown, readonly FileError[]>>;

const policyWithRules: Parse = async (text, file) => {
  const policy = await parsePolicy(text, file);
  return policy.ok ? readPolicyRules(policy.value) : policy;
};

/** The comments at the end of a file: `# expect: LINE:COL message`. */
const expected = (text: string): readonly string[] =>
  [...text.matchAll(/^# expect: (.*)$/gm)].map(([, message]) => message ?? '');

const found = (result: Result<unknown, readonly FileError[]>): readonly string[] =>
  result.ok ? [] : result.error.map(({ line, col, message }) => `${line}:${col} ${message}`);

const fixtures = (folder: string, parse: Parse): void => {
  const base = new URL(`../fixtures/${folder}/`, import.meta.url).pathname;
  describe(folder, () => {
    test.each(readdirSync(base))('%s', async (file) => {
      const text = readFileSync(base + file, 'utf8');
      const messages = expected(text);
      expect(messages.length > 0).toBe(file.endsWith('.bad.yaml'));
      const content = text.replaceAll(/^# expect: .*\n/gm, '');
      expect(found(await parse(content, base + file))).toEqual(messages);
    });
  });
};

fixtures('rules', (text, file) => parseRules(text, { file }));
fixtures('policies', policyWithRules);
fixtures('scenarios', parseScenarios);
