/** The page beside its reference pictures, which people have looked at; `npm run pictures -- references` makes them anew. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { suiteEnd } from '../support/at-end.ts';
import { buildPage, openBrowser } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { needs } from '../support/needs.ts';
import { difference, lookOf, shrunk } from '../support/page-look.ts';
import { openView, type PageView, pageViews, serveScene } from '../support/page-views.ts';

const folder = join(import.meta.dirname, 'references');

/** Share of cells: another font stays below, a missing chart or a moved block does not. */
const tolerated = 0.01;

describe('the reference pictures', () => {
  it('are one of each view, and small', () => {
    const names = readdirSync(folder);
    expect(names.toSorted()).toEqual(pageViews.map(({ name }) => `${name}.jpg`).toSorted());
    const bytes = names.map((name) => statSync(join(folder, name)).size).reduce((sum, each) => sum + each, 0);
    expect(bytes).toBeLessThan(300_000);
  });
});

describe.runIf(needs('chromium'))('the page looks as people have seen it', () => {
  const atEnd = suiteEnd();
  let browser: Browser;
  let desk: Page;
  let url: string;

  beforeAll(async () => {
    await buildPage();
    browser = await openBrowser(atEnd);
    desk = await browser.newPage();
    url = await serveScene(atEnd);
  });

  /** From the reference picture of that view. */
  const distance = async (page: Page, { name, width }: PageView): Promise<number> => {
    const now = await lookOf(desk, await shrunk(desk, await page.screenshot(), width));
    return difference(now, await lookOf(desk, readFileSync(join(folder, `${name}.jpg`))));
  };

  it.for(pageViews)('$name', async (view) => {
    const page = await openView({ browser, url }, view);
    await eventually(async () => expect(await distance(page, view)).toBeLessThan(tolerated));
  });

  it('also in another font', async () => {
    for (const view of some(['baking-1440-light', 'list-360-dark'])) {
      const page = await openView({ browser, url }, view);
      await page.evaluate(`document.documentElement.style.fontFamily = '"DejaVu Serif", serif'`);
      await eventually(async () => expect(await distance(page, view)).toBeLessThan(tolerated));
    }
  });

  it.for([
    ['a chart is empty', `document.querySelector('.plot canvas').style.visibility = 'hidden'`],
    ['a card is gone', `document.querySelector('.orders').remove()`],
    ['cards stand the other way round', `document.querySelector('.columns').style.direction = 'rtl'`],
    ['the sheet is missing', `document.querySelector('link[rel=stylesheet]').remove()`],
    ['the theme is the other one', `document.documentElement.dataset.theme = 'dark'`],
  ] as const)('not when %s', async ([, change]) => {
    for (const view of some(['baking-1440-light'])) {
      const page = await openView({ browser, url }, view);
      await page.evaluate(change);
      await eventually(async () => expect(await distance(page, view)).toBeGreaterThan(tolerated));
    }
  });
});

const some = (names: readonly string[]): readonly PageView[] => pageViews.filter(({ name }) => names.includes(name));
