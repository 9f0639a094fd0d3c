/** Small pieces of HTML: whatever others wrote is text in it, and nothing else. */
import { escapeHtml } from '../../lib/escape-html.ts';
import type { Row, Table } from './report-words.ts';

export const escaped = (text: string): string =>
  escapeHtml(text)
    // What a page would obey instead of show: control signs, and those that turn the direction of writing.
    .replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '\ufffd');

export const section = (title: string, body: string): string =>
  body === '' ? '' : `<section>\n<h2>${escaped(title)}</h2>\n${body}\n</section>`;

export const bulletList = (lines: readonly string[]): string =>
  lines.length === 0 ? '' : `<ul>${lines.map((line) => `<li>${escaped(line)}</li>`).join('')}</ul>`;

export const factTable = (rows: readonly Row[]): string =>
  rows.length === 0
    ? ''
    : `<dl>${rows.map(([name = '', value = '']) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`).join('')}</dl>`;

export const htmlTable = ({ head, rows }: Table): string => {
  if (rows.length === 0) return '';
  const cells = (row: Row): string =>
    row.map((cell, at) => (at === 0 ? `<th scope="row">${escaped(cell)}</th>` : `<td>${escaped(cell)}</td>`)).join('');
  const heads = head.map((cell) => `<th scope="col">${escaped(cell)}</th>`).join('');
  const body = rows.map((row) => `<tr>${cells(row)}</tr>`).join('\n');
  return `<div class="scroll" tabindex="0" role="region" aria-label="${escaped(head[0] ?? '')}"><table><thead><tr>${heads}</tr></thead><tbody>\n${body}\n</tbody></table></div>`;
};
