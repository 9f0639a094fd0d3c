/** `node test/check/tally.ts <report>`: the gate's closing line; a run that left no report counts as a failure. */
import { existsSync, readFileSync } from 'node:fs';
import { type TestReport, tally } from './test-tally.ts';

const [, , file = ''] = process.argv;
const report = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as TestReport) : null;
console.log(report === null ? '0 passed, 1 failed, 0 skipped' : tally(report));
