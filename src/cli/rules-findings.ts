/** What `rules check` found, for people and for programs. */
import { type FileError, formatFileError } from '../lib/config-file/file-error.ts';
import type { Finding } from '../tuning/check/finding.ts';
import { shown } from './render/shown.ts';

/** All that is known of one file after the check. */
export interface FileReport {
  readonly file: string;
  /** What the file says, for people; null: it could not be read well enough. */
  readonly summary: string | null;
  readonly rules: readonly string[];
  readonly findings: readonly Finding[];
  /** Rules that the metric source knows nothing of. */
  readonly notAsked: readonly string[];
  /** Why the metric source could not be asked; null: it was, or it was not wanted. */
  readonly unasked: string | null;
}

export const asFinding = (error: FileError): Finding => ({
  ...error,
  level: 'error',
  check: 'NotUnderstood',
  rule: null,
});

export const hasErrors = ({ findings, unasked }: FileReport): boolean =>
  unasked !== null || findings.some(({ level }) => level === 'error');

export const warningsOf = ({ findings }: FileReport): number =>
  findings.filter(({ level }) => level === 'warning').length;

const findingLine = (finding: Finding): string => {
  const message = finding.level === 'warning' ? `warning: ${finding.message}` : finding.message;
  return `${shown(formatFileError({ ...finding, message }))}\n`;
};

/** The lines for the error stream. */
export const findingLines = ({ file, findings, unasked }: FileReport): string =>
  [...findings.map(findingLine), ...(unasked === null ? [] : [`${file}: could not ask: ${shown(unasked)}\n`])].join('');

const remark = ({ file, notAsked }: FileReport): string =>
  notAsked.length === 0 ? '' : `${file}: not asked for ${notAsked.join(', ')}: Sluice measures them itself\n`;

/** The text for the output: what a good file says. */
export const summaryText = (report: FileReport): string =>
  report.summary === null || hasErrors(report) ? '' : report.summary + remark(report);

export const jsonText = (reports: readonly FileReport[]): string => {
  const files = reports.map((report) => {
    const { summary: _, ...rest } = report;
    return { good: !hasErrors(report), ...rest };
  });
  return `${JSON.stringify({ files }, null, 2)}\n`;
};
