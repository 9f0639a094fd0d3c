/** A deployment report as one HTML page that needs nothing else: its own sheet, its own plots, no script, nothing from elsewhere. */
import { trendSentence } from '../trends/trend-words.ts';
import type { DeploymentReport } from './deployment-report.ts';
import { reportStyle, reportStyleHash } from './html-style.ts';
import { bulletList, escaped, factTable, htmlTable, section } from './html-text.ts';
import { afterPlots, reportPlots } from './report-plots.ts';
import {
  afterTable,
  checklistTable,
  earlierTable,
  factRows,
  issueTable,
  rollbackRows,
  ruleTable,
  statusWords,
  stepTable,
  successTable,
  taskText,
  trendTable,
  utc,
} from './report-words.ts';

/** What a browser may do for the page: show it, with this one sheet. */
export const reportPolicy = `default-src 'none'; style-src ${reportStyleHash}; base-uri 'none'; form-action 'none'`;

export const reportHtml = (report: DeploymentReport): string => {
  const title = `${report.policy} ${report.revision}: ${statusWords[report.status]}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${escaped(reportPolicy)}">
<title>${escaped(title)}</title>
<style>${reportStyle}</style>
</head>
<body>
<main>
<h1>${escaped(`${report.policy} ${report.revision}`)}</h1>
<p><span class="status ${report.status}">${statusWords[report.status]}</span></p>
${factTable(factRows(report))}
${parts(report)
  .filter((each) => each !== '')
  .join('\n')}
</main>
<footer>Written by Sluice at ${utc(report.writtenAtMs)}; all times are UTC.</footer>
</body>
</html>
`;
};

const parts = (report: DeploymentReport): readonly string[] => [
  section('Success measures', htmlTable(successTable(report))),
  section('Rollback', factTable(rollbackRows(report))),
  section('What went well', bulletList(report.lessons.wentWell)),
  section('What could be better', bulletList(report.lessons.couldImprove)),
  section('Left for people', bulletList(report.lessons.actions)),
  section('Tasks afterwards', tasks(report)),
  section('How it went', reportPlots(report)),
  section('After the promotion', after(report)),
  section('Steps', htmlTable(stepTable(report))),
  section('Rules at the end', htmlTable(ruleTable(report))),
  section('Noticed at the start', bulletList(report.notes.map(({ message, reason }) => `${reason}: ${message}`))),
  section('Checklist', htmlTable(checklistTable(report))),
  section('Issues met', htmlTable(issueTable(report))),
  section('Beside earlier releases', htmlTable(earlierTable(report))),
  section('Trends', `<p>${escaped(trendSentence(report.trends))}</p>${htmlTable(trendTable(report))}`),
  section(
    'Decisions',
    bulletList(report.decisions.map(({ atMs, message, reason }) => `${utc(atMs)} ${reason}: ${message}`)),
  ),
];

const after = (report: DeploymentReport): string =>
  report.afterPromotion === null
    ? ''
    : `<p>${escaped(report.afterPromotion.sentence)}</p>${htmlTable(afterTable(report))}${afterPlots(report.afterPromotion)}`;

const tasks = ({ tasks: all }: DeploymentReport): string =>
  all.length === 0
    ? ''
    : `<ul class="plain">${all.map((task) => `<li>${task.done ? '&#9745; done' : '&#9744; open'}: ${escaped(taskText(task))}</li>`).join('')}</ul>`;
