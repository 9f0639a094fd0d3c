import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { reportHtml } from '../../../src/report/deployment/html.ts';
import { rolledBackRelease } from '../../support/sample-release.ts';
import { toldRollback } from '../../support/told-release.ts';

const page = reportHtml(toldRollback());

describe('the report as a page of its own', () => {
  it('holds no script, no address, and one sheet that its policy names', () => {
    expect(page).not.toMatch(/<script|\bon\w+=|<link|<img|<iframe|(src|href)=|url\(/i);
    const [, sheet = ''] = /<style>([^]*)<\/style>/.exec(page) ?? [];
    expect(page).toContain(createHash('sha256').update(sheet).digest('base64'));
    expect(page).not.toMatch(/\sstyle=/);
  });

  it('shows what others wrote as text', () => {
    const release = { ...rolledBackRelease(), revision: '<img src=x onerror=alert(1)>', startedBy: 'a\u202eb"\'&' };
    const shown = reportHtml(toldRollback({ release }));
    expect(shown).not.toContain('<img');
    expect(shown).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(shown).toContain('a\ufffdb&quot;&#39;&amp;');
  });

  it('has the trends of the policy up to this release', () => {
    expect(page).toMatch(/<h2>Trends<\/h2>\n<p>1 deployed since 2026-01-15; 1 \(100 %\) failed/);
    expect(page).toContain('<th scope="row">2026-01-15</th><td>1</td><td>1 (100 %)</td>');
  });

  it('has a plot of the weight, and none of what nobody looked at', () => {
    expect(page.match(/<svg viewBox="0 0 960/g)).toHaveLength(1);
    expect(page).toContain('aria-label="Weight of the canary"');
  });
});
