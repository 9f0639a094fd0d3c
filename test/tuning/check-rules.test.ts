/** What rules mean beyond their syntax: the good files are silent, the bad ones get just what their comments expect. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadRules } from '../../src/cli/rules-load.ts';
import { checkRules } from '../../src/tuning/check/check-rules.ts';
import { tempDir } from '../support/temp-dir.ts';

const base = new URL('../fixtures/meaning/', import.meta.url).pathname;

const expected = (text: string): readonly string[] =>
  [...text.matchAll(/^# expect: (.*)$/gm)].map(([, message]) => message ?? '');

const found = async (text: string): Promise<readonly string[]> => {
  const file = join(await tempDir(), 'given.yaml');
  writeFileSync(file, text);
  const loaded = await loadRules(file, { preset: 'app', resources: 'host', intervalMs: 15_000 });
  if (!loaded.ok) throw new Error(loaded.error.map(({ line, col, message }) => `${line}:${col} ${message}`).join('\n'));
  return checkRules(loaded.value.subject).map(
    ({ line, col, level, check, message }) => `${line}:${col} ${level} ${check}: ${message}`,
  );
};

describe('the meaning of rules', () => {
  test.each(readdirSync(base))('%s', async (file) => {
    const text = readFileSync(base + file, 'utf8');
    const messages = expected(text);
    expect(messages.length > 0).toBe(file.endsWith('.bad.yaml'));
    expect(await found(text.replaceAll(/^# expect: .*\n/gm, ''))).toEqual(messages);
  });

  test('the shipped rules have none', async () => {
    expect(await found(readFileSync(new URL('../../rules/production.yaml', import.meta.url), 'utf8'))).toEqual([]);
  });
});
