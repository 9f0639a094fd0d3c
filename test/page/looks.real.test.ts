/** What the page looks like: in both themes, wide and narrow, it fits, says everything in words, and breaks no rule of accessibility. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { suiteEnd } from '../support/at-end.ts';
import { buildPage, openBrowser, openPage } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { testServer } from '../support/http-server.ts';
import { needs } from '../support/needs.ts';
import { undrawn } from '../support/page-drawn.ts';
import { scene, setScene } from '../support/page-scene.ts';

/** Where pictures go, for whoever wants to look: `SLUICE_PICTURES=/tmp/x npm test -- --project real test/page`. */
const pictures = process.env['SLUICE_PICTURES'];

const sizes = [
  { width: 1440, height: 1000 },
  { width: 360, height: 740 },
] as const;

const places = [
  { name: 'list', hash: '#/', sign: '.rows' },
  { name: 'baking', hash: `#/release/${scene.baking}`, sign: '.legend' },
  { name: 'gated', hash: `#/release/${scene.gated}`, sign: '.checklist' },
  { name: 'waiting', hash: `#/release/${scene.waiting}`, sign: '.legend' },
  { name: 'rolled back', hash: `#/release/${scene.back}`, sign: '.legend' },
  { name: 'after', hash: `#/release/${scene.stayed}`, sign: 'section[aria-label$="after the promotion"]' },
  { name: 'history', hash: '#/history/app', sign: 'table' },
  { name: 'rules', hash: '#/rules/app', sign: 'table' },
  { name: 'records', hash: '#/records/app', sign: 'table' },
  { name: 'no records', hash: '#/records/nobody', sign: 'text=Nobody was told' },
] as const;

describe.runIf(needs('chromium'))('the page', () => {
  const atEnd = suiteEnd();
  let browser: Browser;
  let url: string;

  beforeAll(async () => {
    await buildPage();
    browser = await openBrowser(atEnd);
    const server = await testServer({}, atEnd);
    url = server.url;
    await setScene(server.controls);
  });

  it.for(places)('fits and is accessible in both themes, wide and narrow: $name', async ({ hash, name, sign }) => {
    const { page, complaints } = await openPage(browser, `${url}/${hash}`);
    await page.locator(sign).first().waitFor();
    for (const size of sizes) {
      await page.setViewportSize(size);
      for (const theme of ['light', 'dark'] as const) {
        await page.getByLabel('Theme').selectOption(theme);
        await keepPicture(page, `${name}-${size.width}-${theme}`);
        // A chart takes its new width when the browser has told it.
        await eventually(async () => expect(await sideways(page)).toEqual([]));
        expect(await overlapping(page)).toEqual([]);
        if (sign === '.legend' || name === 'after')
          await eventually(async () => expect(await undrawn(page)).toEqual([]));
      }
      // The dark one at both widths, the light one below: colours do not depend on the width, targets do not on the theme.
      expect(await objectionsOfAxe(page)).toEqual([]);
    }
    await page.getByLabel('Theme').selectOption('light');
    expect(await objectionsOfAxe(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('follows the theme of the system until somebody chooses one, which is kept', async () => {
    const { page } = await openPage(browser, url, { looks: { width: 900, height: 700, theme: 'dark' } });
    const ground = () => page.evaluate<string>('getComputedStyle(document.documentElement).backgroundColor');
    const dark = await ground();
    await page.emulateMedia({ colorScheme: 'light' });
    const light = await ground();
    expect(light).not.toBe(dark);
    await page.getByLabel('Theme').selectOption('dark');
    expect(await ground()).toBe(dark);
    await page.reload();
    await page.locator('.rows').first().waitFor();
    expect(await ground()).toBe(dark);
  });
});

const keepPicture = async (page: Page, name: string): Promise<void> => {
  if (pictures === undefined) return;
  mkdirSync(pictures, { recursive: true });
  await page.screenshot({ path: join(pictures, `${name.replace(' ', '-')}.png`), fullPage: true });
};

/** What sticks out of the window to the right, unless it stands in something that scrolls by itself. */
const sideways = (page: Page): Promise<readonly string[]> =>
  page.evaluate(`[
    ...(document.documentElement.scrollWidth > innerWidth ? ['the whole page scrolls sideways'] : []),
    ...[...document.querySelectorAll('main *')]
      .filter((each) => each.closest('.scroll, .unseen, .plot') === null)
      .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
      .map((each) => each.outerHTML.slice(0, 120)),
  ]`);

/** Texts, bars and charts that lie on one another. */
const overlapping = (page: Page): Promise<readonly string[]> =>
  page.evaluate(`(() => {
    const boxes = [];
    const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
      const isSeen = element.checkVisibility() && element.closest('.unseen, .uplot *') === null;
      const isThing = node === element ? element.matches('progress, meter, canvas, .uplot') : node.data.trim() !== '';
      if (!isSeen || !isThing) continue;
      const range = document.createRange();
      range.selectNode(node);
      for (const rect of range.getClientRects()) boxes.push({ node, rect });
    }
    const covered = (one, other) =>
      Math.min(one.right, other.right) - Math.max(one.left, other.left) > 2 &&
      Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 4;
    const said = (node) => node.data ?? node.outerHTML.slice(0, 80);
    return boxes.flatMap(({ node, rect }, at) => boxes.slice(at + 1)
      .filter((other) => other.node !== node && covered(rect, other.rect))
      .map((other) => said(node) + ' and ' + said(other.node)));
  })()`);

const objectionsOfAxe = async (page: Page): Promise<readonly string[]> => {
  // Through the debugger, which no policy of the page hinders.
  if (!(await page.evaluate<boolean>(`'axe' in window`))) await page.evaluate(axe.source);
  return page.evaluate(`axe.run().then(({ violations }) => violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => id + ': ' + html.slice(0, 160) + ' ' + failureSummary)))`);
};
