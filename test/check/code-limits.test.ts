import { describe, expect, it } from 'vitest';
import { median, violations } from './code-limits.ts';

const lines = (count: number): string => 'const a = 1;\n'.repeat(count);
const inTest = (text: string): readonly string[] => violations([{ path: 'test/a.test.ts', text }]);

describe('limits of the code base', () => {
  it('accepts short files without shortcuts', () => {
    expect(violations([{ path: 'src/a.ts', text: lines(80) }])).toEqual([]);
  });

  it('takes the lower middle as the median', () => {
    expect(median([])).toBe(0);
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 2, 3])).toBe(2);
  });

  it('refuses a median over 80 lines, in src only', () => {
    expect(violations([{ path: 'src/a.ts', text: lines(81) }])).toEqual([
      'src:1 median file has 81 lines, more than 80',
    ]);
    expect(violations([{ path: 'test/a.ts', text: lines(300) }])).toEqual([]);
  });

  it('names a file over 250 lines', () => {
    const short = { path: 'src/a.ts', text: lines(1) };
    const found = violations([short, short, { path: 'src/long.ts', text: lines(251) }]);
    expect(found).toEqual(['src/long.ts:1 has 251 lines, more than 250: which idea wants a file of its own?']);
  });

  it.each([
    ["vi.mock('./a.ts')", 'mocks a module'],
    ["vi.doMock('./a.ts')", 'mocks a module'],
    ['const a: any = 1;', '`any`'],
    ['const b = a as any;', '`any`'],
    ['const c = new Map<any>();', '`any`'],
    ['// @ts-ignore', 'compiler'],
    ['// eslint-disable-next-line no-console', 'linter'],
    ["it.only('a', () => {})", '.only'],
    ["describe.skip('a', () => {})", 'needs()'],
  ])('refuses %s', (text, message) => {
    expect(inTest(`const fine = 1;\n${text}\n`)).toEqual([expect.stringContaining(message)]);
    expect(inTest(`\n${text}\n`)[0]).toMatch(/^test\/a\.test\.ts:2 /);
  });

  it.each([
    ['// as any reader knows'],
    ['// @ts-expect-error a text is not a number'],
    ['// eslint-disable-next-line no-console -- the only place that speaks'],
  ])('lets %s pass', (text) => {
    expect(inTest(text)).toEqual([]);
  });
});
