/** What one real `sluice demo` shows on its terminal and on its page. */
import type { Browser } from 'playwright-core';
import type { AtEnd } from '../support/at-end.ts';
import { buildPage, openBrowser, openPage } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { undrawn } from '../support/page-drawn.ts';
import { type TerminalPictures, terminalPictures } from './terminal.ts';

export interface DemoPictures extends TerminalPictures {
  /** JPEG of the release that is promoted. */
  readonly page: Buffer;
}

export async function demoPictures(atEnd: AtEnd): Promise<DemoPictures> {
  await buildPage();
  const browser = await openBrowser(atEnd);
  const port = await freePort();
  const taken: Promise<Buffer>[] = [];
  const take = (): void => {
    const page = pageOf({ browser, atEnd, url: `http://127.0.0.1:${port}` });
    // Looked at below; until then it is nobody's unhandled rejection.
    page.catch(() => undefined);
    taken.push(page);
  };
  const terminal = await terminalPictures({ atEnd, port, promoting: take });
  const [page] = await Promise.all(taken);
  if (page === undefined) throw new Error('the page was not looked at');
  return { ...terminal, page };
}

interface DemoPage {
  readonly browser: Browser;
  readonly atEnd: AtEnd;
  readonly url: string;
}

const looks = { width: 1100, height: 1480, theme: 'light' } as const;

const pageOf = async ({ atEnd, browser, url }: DemoPage): Promise<Buffer> => {
  const { page } = await openPage(browser, url, { looks, atEnd });
  await page.getByRole('link', { name: 'app v1 to v2' }).click();
  await page.locator('.legend').first().waitFor();
  await eventually(async () => (await undrawn(page)).length === 0);
  return page.screenshot({ type: 'jpeg', quality: 58 });
};
