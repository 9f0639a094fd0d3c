import { describe, expect, it } from 'vitest';
import { type TestReport, tally } from './test-tally.ts';

const report = (part: Partial<TestReport>): TestReport => ({
  numPassedTests: 0,
  numFailedTests: 0,
  numPendingTests: 0,
  numTodoTests: 0,
  testResults: [],
  ...part,
});

describe('the closing line of a test run', () => {
  it('counts what passed, failed and did not run', () => {
    expect(tally(report({ numPassedTests: 12, numFailedTests: 2, numPendingTests: 3, numTodoTests: 1 }))).toBe(
      '12 passed, 2 failed, 4 skipped',
    );
  });

  it('counts a file that failed before its first test', () => {
    const broken = { status: 'failed', assertionResults: [] };
    const counted = { status: 'failed', assertionResults: [{ status: 'failed' }] };
    const fine = { status: 'passed', assertionResults: [{ status: 'passed' }] };
    expect(tally(report({ numPassedTests: 1, numFailedTests: 1, testResults: [broken, counted, fine] }))).toBe(
      '1 passed, 2 failed, 0 skipped',
    );
  });
});
