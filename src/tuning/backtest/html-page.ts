/** A backtest as one page of its own: no script, no outside request, every name escaped. */

import { escapeHtml as e } from '../../lib/escape-html.ts';
import type { Backtest } from './backtest.ts';
import { releasePlot, shapeOf, timeline } from './html-plot.ts';
import { pageStyle } from './html-style.ts';
import { shareText, spanText, utc } from './html-text.ts';
import type { Mark, Row } from './row.ts';
import type { Gap } from './unreplayable.ts';
import {
  dispersionText,
  earlierText,
  endingText,
  healthyText,
  markText,
  outcomeText,
  percentText,
  totalsText,
} from './words.ts';

export interface PageOptions {
  /** What was tried, and against what, as they were named. */
  readonly rules: string;
  readonly against: string;
  /** Of the rule that counts users' errors; null: none does. */
  readonly errorLimit: number | null;
}

const policy = "default-src 'none'; style-src 'unsafe-inline'";

export const backtestPage = (result: Backtest, options: PageOptions): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>Backtest of ${e(options.rules)}</title>
<style>${pageStyle}</style>
</head>
<body>
${heading(result, options)}
${numbers(result)}
${releases(result, options)}
${healthy(result)}
${dispersion(result)}
${unreplayable(result.unreplayable)}
</body>
</html>
`;

function heading({ fromMs, toMs, totals, stoppedAtMs, failure }: Backtest, { rules, against }: PageOptions): string {
  const stopped =
    stoppedAtMs === null
      ? ''
      : `<p><strong>Stopped at ${utc(stoppedAtMs)}</strong>${failure === null ? '' : `: ${e(failure)}`}. What follows is up to there.</p>`;
  return `<header><h1>Backtest of ${e(rules)}</h1>
<p class="dim">against ${e(against)}; ${utc(fromMs)} to ${utc(toMs)}, times in UTC</p>
${stopped}${totalsText(totals)
  .map((line) => `<p>${e(line)}.</p>`)
  .join('')}</header>`;
}

function numbers({ totals, healthy: { new: now } }: Backtest): string {
  const all: readonly (readonly [string, string])[] = [
    ['releases', String(totals.releases)],
    ['caught', String(totals.caught)],
    ['missed', String(totals.missed)],
    ['false', String(totals.false)],
    ['blind', spanText(totals.blindMs)],
    ['errors saved', String(Math.round(totals.errorsSaved))],
    ['healthy rolled back', now.releases === 0 ? '-' : `<= ${percentText(now.atMost)}`],
  ];
  return `<dl class="numbers">${all.map(([name, value]) => `<div><dt>${name}</dt><dd>${e(value)}</dd></div>`).join('')}</dl>`;
}

const meaning: Readonly<Record<Mark, string>> = {
  good: 'good: harmed nobody, and passes',
  caught: 'caught: harmful, and the new rules take it back',
  missed: 'missed: harmful, and they do not',
  false: 'false: taken back with nothing to show for it',
  unseen: 'unseen: taken back then, for something that these metrics do not show',
};

function releases(result: Backtest, options: PageOptions): string {
  const { rows } = result;
  if (rows.length === 0) return '<h2>Releases</h2><p>No past release was found and replayed in this time.</p>';
  const marks = (Object.keys(meaning) as Mark[]).filter((mark) => rows.some((row) => row.mark === mark));
  const legend = marks.map((mark) => `<span>${shapeOf(mark)} ${meaning[mark]}</span>`).join('');
  return `<h2>Releases</h2>${timeline(rows, result)}<p class="legend">${legend}</p>
<div class="scroll"><table><thead><tr>${heads.map((head) => `<th scope="col">${head}</th>`).join('')}</tr></thead>
<tbody>${rows.map(tableRow).join('')}</tbody></table></div>
<h2>Each release</h2><p class="legend"><span><span class="line canary"></span>failed requests of the new version</span>
<span><span class="line stable"></span>of the version before</span><span><span class="line limit"></span>limit</span></p>
<div class="cards">${rows.map((row) => card(row, options)).join('')}</div>`;
}

const heads = [
  '',
  'time',
  'version',
  'then',
  'failed, before',
  'old rules',
  'new rules',
  'difference',
  'errors saved',
  'blind',
];

function tableRow(row: Row): string {
  const rates = row.canary === null || row.before === null ? '-' : `${shareText(row.canary)}, ${shareText(row.before)}`;
  const cells = [
    `${shapeOf(row.mark)} ${markText[row.mark].toLowerCase()}`,
    utc(row.startMs),
    e(row.version),
    endingText(row),
    rates,
    `${e(outcomeText(row.old, row))}${row.isOldRecorded ? ' (recorded)' : ''}`,
    e(outcomeText(row.new, row)),
    earlierText(row),
    String(Math.round(row.errorsSaved)),
    row.blindMs === 0 ? '' : spanText(row.blindMs),
  ];
  return `<tr>${cells.map((cell, at) => `<td${at === 1 ? ' class="number"' : ''}>${cell}</td>`).join('')}</tr>`;
}

function card(row: Row, { errorLimit }: PageOptions): string {
  const why = row.new.kind === 'rolled back' ? `<p>${e(row.new.message)}.</p>` : '';
  const share = row.isShareKnown ? '' : ' The weight that was set is not known, so throughput was not judged.';
  const found = `Found by ${row.foundBy.join(' and ').replaceAll('-', ' ')}.${share}`;
  return `<section class="card"><h3>${shapeOf(row.mark)} ${e(row.version)} <span class="dim">${utc(row.startMs)}</span></h3>
<p>${endingText(row)}; old rules: ${e(outcomeText(row.old, row))}; new rules: ${e(outcomeText(row.new, row))}</p>${why}
${releasePlot(row, errorLimit)}<p class="dim">${found}</p></section>`;
}

function healthy({ healthy: both }: Backtest): string {
  const list = both.new.convictions
    .map(({ rule, atMs, message }) => `<li>${utc(atMs)} ${e(rule)}: ${e(message)}</li>`)
    .join('');
  return `<h2>A healthy service against itself</h2><p>${e(healthyText(both))}</p>${list === '' ? '' : `<ul>${list}</ul>`}`;
}

function dispersion({ dispersion: all }: Backtest): string {
  if (all.length === 0) return '';
  return `<h2>How bursty errors are</h2><ul>${all.map((each) => `<li>${e(dispersionText(each))}</li>`).join('')}</ul>`;
}

function unreplayable(gaps: readonly Gap[]): string {
  if (gaps.length === 0) return '';
  const items = gaps.map(
    ({ what, fromMs, toMs, why, remedy }) =>
      `<li><strong>${e(what)}</strong>, ${utc(fromMs)}${toMs > fromMs ? ` to ${utc(toMs)}` : ''}: ${e(why)}. What helps: ${e(remedy)}.</li>`,
  );
  return `<h2>Not replayed</h2><ul>${items.join('')}</ul>`;
}
