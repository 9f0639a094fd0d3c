/** What the page shows without being asked again: changes as they come, how old they are when none can come, names as nothing but text. */
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { suiteEnd } from '../support/at-end.ts';
import { buildPage, openBrowser, openPage } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { testServer } from '../support/http-server.ts';
import { needs } from '../support/needs.ts';
import { scene, setScene } from '../support/page-scene.ts';
import { bakingRelease, errorRate, passing, rolledBackRelease } from '../support/sample-release.ts';
import { wireTo } from '../support/wire.ts';

const hostile = '<img src=x onerror="document.title=\'taken over\'">';

describe.runIf(needs('chromium'))('live, the page', () => {
  const atEnd = suiteEnd();
  let browser: Browser;

  beforeAll(async () => {
    await buildPage();
    browser = await openBrowser(atEnd);
  });

  it('shows how to start a release where there is none, and the release as soon as there is one', async () => {
    const { url, controls } = await testServer();
    const { page, complaints } = await openPage(browser, url);
    await page.getByText(`sluice --server ${url} start app --revision NAME`).waitFor();
    await controls.put(bakingRelease());
    await page.getByRole('link', { name: /app v1\.8\.2/ }).waitFor();
    await page.getByRole('heading', { name: 'Under way (1)' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('follows a release: its weight, its log, its rollback', async () => {
    const { url, controls } = await testServer();
    await controls.put(bakingRelease());
    const { page, complaints } = await openPage(browser, `${url}/#/release/app-3f2a`);
    await page.getByText('step 2 of 3').waitFor();
    const back = { ...rolledBackRelease(), id: 'app-3f2a' };
    const entry = {
      atMs: Date.now(),
      kind: 'decision',
      reason: 'Breach',
      message: 'errors beyond 0.1 %',
      data: {},
    } as const;
    await controls.put(back, [entry]);
    await page.getByRole('heading', { name: 'Rolled back' }).waitFor();
    await page.getByText('420 ms').first().waitFor();
    await page.locator('.log').getByText('errors beyond 0.1 %').waitFor();
    expect(await page.title()).toBe('app v1.9.0: rolled back · Sluice');
    expect(complaints).toEqual([]);
  });

  it('says how old its data is while the controller is away, and is live again with what happened meanwhile', async () => {
    const { port, controls } = await testServer();
    await controls.put(bakingRelease());
    const wire = await wireTo(port);
    const { page } = await openPage(browser, `http://127.0.0.1:${wire.port}/#/release/app-3f2a`);
    await page.getByText('● live').waitFor();
    await page.getByText('step 2 of 3').waitFor();
    wire.cut();
    await page.getByText(/^⚠ data is \d+ s old/).waitFor();
    await eventually(async () => expect(await freshness(page)).toMatch(/data is [2-9] s old/));
    expect(await page.getByText('step 2 of 3').count()).toBe(1);
    await controls.put({ ...rolledBackRelease(), id: 'app-3f2a' });
    wire.mend();
    await page.getByText('● live').waitFor();
    await page.getByRole('heading', { name: 'Rolled back' }).waitFor();
  });

  it('shows names, messages and reasons as text, whatever they hold', async () => {
    const { url, controls } = await testServer();
    const entry = { atMs: Date.now(), kind: 'event', reason: hostile, message: hostile, data: {} } as const;
    const cause = { reason: hostile, message: hostile, rule: null, atMs: Date.now(), data: {} };
    await controls.put(bakingRelease({ revision: hostile, policy: hostile, startedBy: hostile, waiting: cause }), [
      entry,
    ]);
    const { page, complaints } = await openPage(browser, url);
    for (const place of ['#/', '#/release/app-3f2a', `#/history/${encodeURIComponent(hostile)}`]) {
      await page.goto(`${url}/${place}`);
      await page.getByText(hostile).first().waitFor();
      expect(await page.locator('img').count()).toBe(0);
      expect(await page.title()).not.toBe('taken over');
    }
    expect(complaints.filter((each) => !each.includes('404'))).toEqual([]);
  });

  it('has one cursor: a moment of the log is shown by all charts, and a moment of a chart by the others and the log', async () => {
    const { url, controls } = await testServer();
    await setScene(controls);
    const { page } = await openPage(browser, `${url}/#/release/${scene.baking}`);
    const weight = page.locator('.legend').first();
    const rule = page.locator('.legend').nth(1);
    await eventually(async () => expect(await weight.textContent()).toContain('applied 50 %'));
    await eventually(async () => expect(await rule.textContent()).toMatch(/canary \d/));
    await page.locator('.log li', { hasText: '25 % verified' }).getByRole('button').focus();
    await eventually(async () => expect(await weight.textContent()).toContain('applied 25 %'));
    expect(await page.locator('.log .pointed').textContent()).toContain('25 % verified');
    const plot = page.locator('.u-over').first();
    await plot.scrollIntoViewIfNeeded();
    await plot.hover({ position: { x: 2, y: 20 } });
    await eventually(async () => expect(await weight.textContent()).toContain('applied 0 %'));
    expect(await page.locator('.log .pointed').textContent()).toContain('starts v1.9.0');
    expect(await rule.textContent()).toContain('canary -');
  });

  it('says why a release is held in the list, and asks nothing more of one that has ended', async () => {
    const { url, controls } = await testServer();
    const message = 'The metrics do not answer since 12:00:00Z.';
    const waiting = { reason: 'MetricsBlind', message, rule: null, atMs: Date.now(), data: {} };
    const investigations = [
      { rule: 'response_time_p95', openedAtMs: 0, spentMs: 0, message: 'slow', state: 'open', answer: null } as const,
    ];
    const verdicts = [passing(errorRate)];
    await controls.put(bakingRelease({ waiting }));
    await controls.put({ ...rolledBackRelease(), id: 'app-old', investigations, verdicts });
    const { page } = await openPage(browser, url);
    await page.getByText(`100 % held: MetricsBlind: ${message}`).waitFor();
    await page.goto(`${url}/#/release/app-old`);
    await page.locator('.checklist').getByText('never answered').waitFor();
    await page.locator('.evidence').first().waitFor();
    expect(await page.locator('.evidence').allTextContents()).not.toContainEqual(expect.stringContaining('now would'));
  });

  it('lists two hundred releases, what needs a person first', async () => {
    const { url, controls } = await testServer();
    const waiting = { reason: 'Paused', message: 'paused', rule: null, atMs: Date.now(), data: {} };
    await controls.put(bakingRelease({ id: 'app-waits', waiting }));
    for (let at = 1; at < 200; at += 1)
      await controls.put({ ...rolledBackRelease(), id: `app-${at}`, policy: `app-${at % 3}` });
    const { page } = await openPage(browser, url);
    await eventually(async () => expect(await page.locator('.row').count()).toBe(200));
    expect(await page.locator('.row').first().getByRole('link').getAttribute('href')).toBe('#/release/app-waits');
    await page.getByRole('heading', { name: 'Ended (199)' }).waitFor();
  });
});

const freshness = async (page: Page): Promise<string> => (await page.locator('.fresh').textContent()) ?? '';
