/** Tested scenarios as JUnit XML, which CI systems show. */
import { mismatchText } from '../tuning/check-run.ts';
import type { Tested } from './rules-test-files.ts';
import { failureLines, isGood } from './rules-test-text.ts';

/** What XML 1.0 can't hold at all. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
const unspeakable =
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
};

const escaped = (text: string): string =>
  text.replace(unspeakable, '?').replace(/[&<>"\n]/g, (each) => entities[each] ?? '');

const seconds = (ms: number): string => (ms / 1_000).toFixed(3);

export function junitXml(all: readonly Tested[]): string {
  const suites = [...Map.groupBy(all, ({ scenario }) => scenario.file)].map(([file, own]) => {
    const head = `  <testsuite name="${escaped(file)}" ${counts(own)}>`;
    return [head, ...own.map(testCase), '  </testsuite>'].join('\n');
  });
  const top = `<testsuites name="sluice rules test" ${counts(all)}>`;
  return ['<?xml version="1.0" encoding="UTF-8"?>', top, ...suites, '</testsuites>', ''].join('\n');
}

const counts = (all: readonly Tested[]): string => {
  const failures = all.filter((each) => !isGood(each)).length;
  const tookMs = all.reduce((sum, each) => sum + each.tookMs, 0);
  return `tests="${all.length}" failures="${failures}" errors="0" time="${seconds(tookMs)}"`;
};

function testCase(tested: Tested): string {
  const { file, name, at } = tested.scenario;
  const head = `    <testcase name="${escaped(name)}" classname="${escaped(file)}" file="${escaped(file)}" line="${at.line}" time="${seconds(tested.tookMs)}"`;
  const [first] = tested.mismatches;
  if (first === undefined) return `${head}/>`;
  const message = escaped(mismatchText(first));
  const body = escaped(failureLines(tested).join('\n'));
  return `${head}>\n      <failure message="${message}" type="mismatch">${body}</failure>\n    </testcase>`;
}
