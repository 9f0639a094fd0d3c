/** A deployment report as Markdown; nothing that others wrote becomes markup. */
import { trendSentence } from '../trends/trend-words.ts';
import type { DeploymentReport } from './deployment-report.ts';
import {
  afterTable,
  checklistTable,
  earlierTable,
  factRows,
  issueTable,
  type Row,
  rollbackRows,
  ruleTable,
  statusWords,
  stepTable,
  successTable,
  type Table,
  taskText,
  trendTable,
  utc,
} from './report-words.ts';

export const reportMarkdown = (report: DeploymentReport): string =>
  [
    `# ${text(report.policy)} ${text(report.revision)}: ${statusWords[report.status]}`,
    list(factRows(report)),
    part('Success measures', table(successTable(report))),
    part('Steps', table(stepTable(report))),
    part('Rules at the end', table(ruleTable(report))),
    part('Noticed at the start', bullets(report.notes.map(({ message, reason }) => `${reason}: ${message}`))),
    part('Checklist', table(checklistTable(report))),
    part('Rollback', list(rollbackRows(report))),
    part('Issues met', table(issueTable(report))),
    part('What went well', bullets(report.lessons.wentWell)),
    part('What could be better', bullets(report.lessons.couldImprove)),
    part('Left for people', bullets(report.lessons.actions)),
    part(
      'Tasks afterwards',
      report.tasks.map((task) => `- [${task.done ? 'x' : ' '}] ${text(taskText(task))}`).join('\n'),
    ),
    part('After the promotion', after(report)),
    part('Beside earlier releases', table(earlierTable(report))),
    part('Trends', `${text(trendSentence(report.trends))}\n\n${table(trendTable(report))}`),
    part(
      'Decisions',
      bullets(report.decisions.map(({ atMs, message, reason }) => `${utc(atMs)} ${reason}: ${message}`)),
    ),
  ]
    .filter((each) => each !== '')
    .join('\n\n')
    .concat('\n');

const after = (report: DeploymentReport): string =>
  report.afterPromotion === null
    ? ''
    : [text(report.afterPromotion.sentence), table(afterTable(report))].filter((each) => each !== '').join('\n\n');

const part = (title: string, body: string): string => (body === '' ? '' : `## ${title}\n\n${body}`);

const list = (rows: readonly Row[]): string =>
  rows.map(([name = '', value = '']) => `- **${text(name)}**: ${text(value)}`).join('\n');

const bullets = (lines: readonly string[]): string => lines.map((line) => `- ${text(line)}`).join('\n');

const table = ({ head, rows }: Table): string => {
  if (rows.length === 0) return '';
  const line = (cells: Row): string => `| ${cells.map(text).join(' | ')} |`;
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n');
};

/** Names and messages come from files and requests: nothing in them is Markdown or HTML. */
const text = (raw: string): string => raw.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*[\]<|]/g, (sign) => `\\${sign}`);
