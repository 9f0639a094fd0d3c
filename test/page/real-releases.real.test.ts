/** Real releases of a real controller, followed in a real browser: one promoted, one rolled back by its errors, one aborted and begun again by buttons. */
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { endOf } from '../support/at-end.ts';
import { buildPage, openBrowser, openPage } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { needs } from '../support/needs.ts';
import { must } from '../support/proxy.ts';
import { ended } from '../support/standing.ts';
import { startWorld } from '../support/world.ts';

const plan = {
  steps: [
    { weight: 25, bake: '5m' },
    { weight: 50, bake: '3m' },
    { weight: 100, bake: '3m' },
  ],
  watchFor: '2m',
};

describe.runIf(needs(['chromium', 'prometheus']))('the page of a real controller', { timeout: 180_000 }, () => {
  it('follows a release to its promotion, one to its rollback, takes one back by its button, and begins it again', async (test) => {
    await buildPage();
    const atEnd = endOf(test);
    const world = await startWorld(test, { plan });
    const { page, complaints } = await openPage(await openBrowser(atEnd), world.controller.url(), { atEnd });
    await page.getByRole('heading', { name: 'Nothing has been released yet' }).waitFor();

    const good = await world.start('v2');
    await page.getByRole('link', { name: 'app v1 to v2' }).click();
    for (const step of [1, 2, 3]) await page.getByText(`step ${step} of 3`).waitFor();
    await page.getByText('promoted, under watch').first().waitFor();
    await page.locator('.head').getByText('succeeded').waitFor();
    expect(await world.release()).toMatchObject({ id: good.id, phase: 'succeeded' });
    await page.getByRole('region', { name: 'Rule error_rate after the promotion' }).waitFor();
    expect(await chartsOf(page)).toEqual([
      expect.stringMatching(/^Weight over time\. Now: desired 0 %, applied 0 %/),
      expect.stringMatching(/^error_rate over 5s?.*limit 1 %/),
      expect.stringMatching(/^error_rate after the promotion, by time.*limit 1 %/),
    ]);

    await world.start('v3', { env: { ERROR_RATE: '0.05' } });
    await page.getByRole('link', { name: 'Sluice' }).click();
    await page.getByRole('link', { name: 'app v2 to v3' }).click();
    const card = page.getByRole('region', { name: 'Rolled back' });
    await card.waitFor();
    const { rollback } = await world.until(ended);
    const told = (await card.textContent()) ?? '';
    for (const word of ['error_rate', rollback?.limitWords ?? '?', 'time to zero', 'first breach'])
      expect(told).toContain(word);
    await page.getByRole('button', { name: 'Retry' }).and(page.locator(':not([aria-disabled])')).waitFor();

    await world.start('v4');
    await page.goto(`${world.controller.url()}/#/`);
    await page.getByRole('link', { name: 'app v2 to v4' }).click();
    await page.getByText('step 1 of 3').waitFor();
    await page.getByRole('button', { name: 'Abort' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('seen enough');
    await page.getByRole('dialog').getByRole('button', { name: 'Abort' }).click();
    await page.getByText('The controller has it').waitFor();
    expect(await world.until(ended)).toMatchObject({ phase: 'rolledBack', cause: { reason: 'Aborted' } });
    await page.keyboard.press('Escape');
    await page.locator('.head').getByText('rolled back').waitFor();

    const { id: aborted } = await world.release();
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByRole('dialog').getByRole('textbox').fill('once more');
    await page.getByRole('dialog').getByRole('button', { name: 'Retry' }).click();
    await page.getByText('The controller has it').waitFor();
    const again = await eventually(async () =>
      must(await world.api().releases()).find(({ ended: isOver, revision }) => revision === 'v4' && !isOver),
    );
    expect(again.id).not.toBe(aborted);
    expect(complaints).toEqual([]);
  });
});

const chartsOf = (page: Page): Promise<readonly (string | null)[]> =>
  page.evaluate(`[...document.querySelectorAll('.plot [role=img]')].map((plot) => plot.ariaLabel)`);
