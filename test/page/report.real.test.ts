/** The report's own page in a real browser: it shows its plots under its own strict policy, in both themes, narrow and wide. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { atTestEnd } from '../support/at-end.ts';
import { openBrowser, openPage } from '../support/browser.ts';
import { testServer } from '../support/http-server.ts';
import { span } from '../support/journal-spans.ts';
import { needs } from '../support/needs.ts';
import { rolledBackRelease, startedAtMs } from '../support/sample-release.ts';

const kept = process.env['SLUICE_REPORT_PICTURES'];

describe.runIf(needs('chromium'))('the report on the page', () => {
  it('is read there, saved in each of its forms, and its absence has a reason', async () => {
    const { controls, stop, url } = await testServer({}, atTestEnd);
    const release = await controls.put(rolledBackRelease());
    const { complaints, page } = await openPage(await openBrowser(atTestEnd), `${url}/#/release/${release.id}`);
    await page.getByRole('heading', { name: 'Report' }).click();
    await page.getByText('# app v1.9.0: rolled back').waitFor();
    for (const [words, ending, holds] of [
      ['Save as HTML, with plots', 'html', '<title>app v1.9.0: rolled back'],
      ['Save as Markdown', 'md', '# app v1.9.0: rolled back'],
      ['Save as JSON', 'json', `"id":"${release.id}"`],
    ] as const) {
      const saving = page.waitForEvent('download');
      await page.getByRole('button', { name: words }).click();
      const saved = await saving;
      expect(saved.suggestedFilename()).toBe(`${release.id}.${ending}`);
      expect(readFileSync(await saved.path(), 'utf8')).toContain(holds);
      await page.getByText(`Saved as ${release.id}.${ending}.`).waitFor();
    }
    expect(complaints).toEqual([]);
    await stop(0);
    await page.getByRole('button', { name: 'Save as JSON' }).click();
    await page.getByText('There is no report: the controller does not answer').waitFor();
  });
});

describe.runIf(needs('chromium'))('the page of a report', () => {
  it('shows itself without a script, and asks nobody for anything', async () => {
    const { controls, url } = await testServer({}, atTestEnd);
    const decided = { decision: 'rollback', rule: 'error_rate', verdict: 'breach' };
    const { id } = await controls.put({ ...rolledBackRelease(), startedBy: '<b>ann</b>' }, [
      { atMs: startedAtMs, kind: 'action', reason: 'ReleaseStarted', message: 'begun', data: {} },
      {
        atMs: startedAtMs + 9_000,
        kind: 'event',
        reason: 'WeightApplied',
        message: '',
        data: { found: 25, desired: 25 },
      },
      { atMs: startedAtMs + 700_000, kind: 'decision', reason: 'Breach', message: 'error_rate broke', data: decided },
      {
        atMs: startedAtMs + 700_420,
        kind: 'event',
        reason: 'WeightApplied',
        message: '',
        data: { found: 0, desired: 0 },
      },
    ]);
    for (let n = 1; n < 46; n += 1) await controls.store.note(id, span(n));
    const browser = await openBrowser(atTestEnd);
    const address = `${url}/api/v1/releases/${id}/report?format=html`;
    for (const looks of [
      { width: 1100, height: 1400, theme: 'light' },
      { width: 360, height: 740, theme: 'dark' },
    ] as const) {
      const { complaints, page } = await openPage(browser, address, { looks });
      expect(await page.title()).toBe('app v1.9.0: rolled back');
      expect(await page.locator('svg[role=img]').count()).toBe(2);
      expect(await page.locator('dd').first().textContent()).toContain('<b>ann</b>');
      const wider = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect(wider).toBeLessThanOrEqual(0);
      // Colours come from the sheet: the policy has let it in.
      const stroke = await page.evaluate("getComputedStyle(document.querySelector('path.applied')).stroke");
      expect(stroke).not.toBe('none');
      expect(complaints).toEqual([]);
      if (kept !== undefined) writeFileSync(`${kept}/${looks.theme}.png`, await page.screenshot({ fullPage: true }));
    }
  });
});
