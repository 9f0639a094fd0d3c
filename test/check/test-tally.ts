/** How a test run went, in one line, from vitest's JSON report. */

/** What we read of the report. */
export interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly FileResult[];
}

interface FileResult {
  readonly status: string;
  readonly assertionResults: readonly { readonly status: string }[];
}

/** `12 passed, 0 failed, 1 skipped`. A file that failed before its first test counts as one failure. */
export function tally(report: TestReport): string {
  const failed = report.numFailedTests + report.testResults.filter(failedWithoutTests).length;
  return `${report.numPassedTests} passed, ${failed} failed, ${report.numPendingTests + report.numTodoTests} skipped`;
}

const failedWithoutTests = ({ status, assertionResults }: FileResult): boolean =>
  status === 'failed' && !assertionResults.some((test) => test.status === 'failed');
