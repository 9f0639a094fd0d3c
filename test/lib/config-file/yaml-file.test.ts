/** Files that mean well are read; files that mean harm are refused at once, with a place, and hold nobody up. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { describe, expect, test } from 'vitest';
import { formatFileError } from '../../../src/lib/config-file/file-error.ts';
import type { Source } from '../../../src/lib/config-file/source-text.ts';
import { placeOf } from '../../../src/lib/config-file/yaml-document.ts';
import { parseYaml } from '../../../src/lib/config-file/yaml-file.ts';

const read = async (source: Source) => {
  const parsed = await parseYaml(source, 'f.yaml');
  if (!parsed.ok) throw new Error(parsed.error.map(formatFileError).join('\n'));
  return parsed.value.document;
};

const errorsOf = async (source: Source): Promise<readonly string[]> => {
  const parsed = await parseYaml(source, 'f.yaml');
  return parsed.ok ? [] : parsed.error.map(formatFileError);
};

describe('what is read', () => {
  test('plain data with the place of each key and value', async () => {
    const document = await read('a: 1\nb:\n  - x\n  - c: "d"\n');
    expect(document.data).toEqual({ a: 1, b: ['x', { c: 'd' }] });
    expect(placeOf(document, ['b', 1, 'c'])).toEqual({ key: { line: 4, col: 5 }, value: { line: 4, col: 8 } });
    expect(placeOf(document, ['b', 0]).value).toEqual({ line: 3, col: 5 });
  });

  test('a path that does not exist has the place of what is around it', async () => {
    const document = await read('a:\n  b: 1\n');
    expect(placeOf(document, ['a', 'missing', 'too']).key).toEqual({ line: 1, col: 1 });
  });

  test('a byte order mark in front, lines that end in CR LF, and JSON', async () => {
    expect((await read('\uFEFFa: 1\r\nb: 2\r\n')).data).toEqual({ a: 1, b: 2 });
    expect((await read(Buffer.from('\uFEFF{"a": 1}'))).data).toEqual({ a: 1 });
  });

  test('YAML 1.2: yes and no are text, 1e3 is a number', async () => {
    expect((await read('a: yes\nb: no\nc: 1e3\nd: 0.5\ne: ~\nf: true')).data).toEqual({
      a: 'yes',
      b: 'no',
      c: 1000,
      d: 0.5,
      e: null,
      f: true,
    });
  });

  test('a few aliases', async () => {
    expect((await read('a: &w 5m\nb: *w\n')).data).toEqual({ a: '5m', b: '5m' });
  });
});

const times = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join('');

const bomb = (): string => {
  const levels = times(9, (i) => `l${i + 1}: &l${i + 1} [*l${i}, *l${i}]\n`);
  return `l0: &l0 [${'1,'.repeat(50)}]\n${levels}`;
};

const manyKeys = (separator: string): string => times(80_000, (i) => `${i.toString(36)}${separator}`);

/** What each is called in the table of faults; every one is refused within a second, with this. */
const hostile: readonly (readonly [string, Source, string])[] = [
  ['80 000 keys, a line each', manyKeys(':\n'), 'f.yaml:1:1 the file has 4'],
  ['60 000 keys in 256 KiB', `{${times(60_000, (i) => `${i.toString(36)},`)}}`, 'more than 10000 values in one file'],
  ['60 000 equal keys', `{${'a,'.repeat(60_000)}}`, 'more than 10000 values in one file'],
  ['alias bomb', bomb(), 'f.yaml:1:1 more than 10000 values, with the aliases written out'],
  ['80 000 aliases', `a: &a 1\nb: [${'*a,'.repeat(80_000)}]`, 'f.yaml:2:65 more than 20 aliases; write the values out'],
  ['80 000 anchors', '&a '.repeat(80_000), 'f.yaml:1:61 more than 20 anchors; write the values out'],
  ['an alias of itself', 'a: &a [*a]', 'f.yaml:1:8 nested deeper than 32 levels'],
  [
    '20 MB scalar',
    `a: "${'x'.repeat(20_000_000)}"`,
    'f.yaml:1:1 the file has 19532 KiB or more; at most 256 KiB are read',
  ],
  ['100 000 brackets', '['.repeat(100_000), 'f.yaml:1:33 nested deeper than 32 levels'],
  ['100 000 braces', '{a: '.repeat(60_000), 'f.yaml:1:129 nested deeper than 32 levels'],
  ['100 000 dashes', '- '.repeat(100_000), 'f.yaml:1:65 nested deeper than 32 levels'],
  ['100 000 question marks', '? '.repeat(100_000), 'f.yaml:1:65 nested deeper than 32 levels'],
  ['600 levels of blanks', times(600, (i) => `${' '.repeat(i)}a:\n`), 'f.yaml:34:34 nested deeper than 32 levels'],
  ['deep JSON', `${'{"a":'.repeat(40_000)}1${'}'.repeat(40_000)}`, 'nested deeper than 32 levels'],
  ['duplicate keys', 'a: 1\nb: 2\na: 3', 'f.yaml:3:1 the key "a" stands here twice'],
  ['not a number', 'a: .nan', 'f.yaml:1:4 .nan is not a finite number'],
  ['infinity', 'a: -.inf', 'f.yaml:1:4 -.inf is not a finite number'],
  ['a number too large', 'a: 1e999', 'f.yaml:1:4 1e999 is not a finite number'],
  ['an inexact number', 'a: 99999999999999999999', 'f.yaml:1:4 99999999999999999999 is too large to be exact'],
  [
    'octal',
    'a: 010',
    'f.yaml:1:4 010 reads as octal to some and as decimal to others; write it without the leading zero',
  ],
  ['a tag', 'a: !!js/function "x"', 'f.yaml:1:4 the tag "!!js/function" is not allowed; write the plain value'],
  ['several documents', 'a: 1\n---\nb: 2', 'f.yaml:2:1 a second document starts here; one file holds one document'],
  ['60 000 documents', '---\n'.repeat(60_000), 'f.yaml:2:1 a second document starts here; one file holds one document'],
  ['a directive', '%YAML 1.1\n---\na: 010', 'f.yaml:1:1 YAML directives are not allowed'],
  ['a merge key', 'a: &a {b: 1}\nc: {<<: *a}', 'f.yaml:2:5 merge keys ("<<") are not allowed; write the values out'],
  ['__proto__', '{"__proto__": {"polluted": true}}', 'f.yaml:1:2 the key "__proto__" is not allowed'],
  ['constructor', 'constructor: {prototype: {polluted: true}}', 'f.yaml:1:1 the key "constructor" is not allowed'],
  ['a key that is a map', '? {a: 1}\n: 2', 'f.yaml:1:3 a key must be a plain word'],
  ['an unknown alias', 'a: *nothing', 'f.yaml:1:4 this alias has no anchor before it'],
  [
    'bytes that are not UTF-8',
    Buffer.from([0x61, 0x3a, 0x20, 0xc3, 0x28]),
    'f.yaml:1:4 the bytes here are not valid UTF-8',
  ],
  ['UTF-16', Buffer.from('\uFEFFa: 1', 'utf16le'), 'f.yaml:1:1 the file is UTF-16; save it as UTF-8'],
  ['a zero byte', 'a: 1\nb: \0', 'f.yaml:2:4 the character U+0000 is not allowed; write it as an escape in quotes'],
  ['a byte order mark inside', 'a: \uFEFF1', 'f.yaml:1:4 the character U+FEFF is not allowed'],
  ['half a surrogate pair', 'a: \uD800', 'f.yaml:1:4 the character U+D800 is not allowed'],
  ['an endless quote', `a: 'x${'\n'.repeat(200_000)}`, 'not valid YAML: Missing closing'],
  ['250 000 colons', ':'.repeat(250_000), 'f.yaml:1:1 not valid YAML'],
  ['250 000 commas', `[${','.repeat(250_000)}]`, 'more than 10000 values in one file'],
  ['60 000 dashes and question marks', '-\n?\n'.repeat(60_000), 'more than 10000 values in one file'],
  ['nothing', '', 'f.yaml:1:1 the file is empty'],
  ['only blanks', ' \n\n', 'f.yaml:1:1 the file is empty'],
];

/** The time of a machine that is busy with other tests says nothing: a slow look is repeated. */
const timed = async (
  source: Source,
  tries: number,
): Promise<{ readonly errors: readonly string[]; readonly ms: number }> => {
  const started = performance.now();
  const errors = await errorsOf(source);
  const ms = performance.now() - started;
  return ms < 1_000 || tries <= 1 ? { errors, ms } : timed(source, tries - 1);
};

describe('what is refused, within a second', () => {
  test.each(hostile)('%s', async (_, source, expected) => {
    const { errors, ms } = await timed(source, 3);
    expect(ms).toBeLessThan(1_000);
    expect(errors.join('\n')).toContain(expected);
    expect(errors[0]).toMatch(/^f\.yaml:[0-9]+:[0-9]+ /);
  });

  test('every mistake of the tree is named, in the order of the file', async () => {
    expect(await errorsOf('a: .nan\nb: 010\na: 1\n')).toEqual([
      'f.yaml:1:4 .nan is not a finite number',
      'f.yaml:2:4 010 reads as octal to some and as decimal to others; write it without the leading zero',
      'f.yaml:3:1 the key "a" stands here twice',
    ]);
  });
});

test('whatever was read, no object has gained a property', async () => {
  for (const [, source] of hostile.filter(([name]) => name.includes('proto') || name === 'constructor')) {
    await errorsOf(source);
  }
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
});

test('the event loop goes on while the worst of them are parsed', async () => {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await Promise.all([errorsOf(`{${'a,'.repeat(60_000)}}`), errorsOf(`a:\n${' #\n'.repeat(80_000)}`), errorsOf(bomb())]);
  delay.disable();
  expect(delay.max / 1e6).toBeLessThan(400);
});
