/** What a person does on the page: every button with the right and the wrong rights, the token, and the keyboard alone. */
import type { Browser, Locator, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Release } from '../../src/release/release.ts';
import { atTestEnd, suiteEnd } from '../support/at-end.ts';
import { buildPage, openBrowser, openPage } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { type TestServer, testServer } from '../support/http-server.ts';
import { needs } from '../support/needs.ts';
import { enterToken, giveOrder } from '../support/page-orders.ts';
import { bakingRelease, rolledBackRelease } from '../support/sample-release.ts';

const buttons = ['Pause', 'Resume', 'Promote this step', 'Promote fully', 'Abort', 'Retry'] as const;

const paused = (): Release =>
  bakingRelease({ pauses: [{ by: 'person', who: 'ann', reason: 'lunch', sinceMs: Date.now() }] });

const act = 'the-token-that-may-do-everything';
const read = 'the-token-that-may-only-read';
const keys = [
  { token: act, name: 'ada' },
  { token: read, name: null, only: 'read' },
] as const;

describe.runIf(needs('chromium'))('on the page', () => {
  const atEnd = suiteEnd();
  let browser: Browser;

  beforeAll(async () => {
    await buildPage();
    browser = await openBrowser(atEnd);
  });

  const opened = async (release: Release, options: Parameters<typeof testServer>[0] = {}) => {
    const server = await testServer(options);
    await server.controls.put(release);
    const { page, complaints } = await openPage(browser, `${server.url}/#/release/${release.id}`);
    return { server, page, complaints };
  };

  it.for([
    ['Pause', bakingRelease, (release: Release) => release.pauses.length === 1],
    ['Resume', paused, (release: Release) => release.pauses.length === 0],
    ['Promote this step', bakingRelease, (release: Release) => release.orders.promote?.reason === 'because'],
    ['Promote fully', bakingRelease, (release: Release) => release.orders.promoteFull?.reason === 'because'],
    ['Abort', bakingRelease, (release: Release) => release.orders.abort?.reason === 'because'],
  ] as const)('%s says what it will do, asks why, and shows what the controller said', async ([name, make, isDone]) => {
    const { server, page, complaints } = await opened(make());
    const button = page.getByRole('button', { name, exact: true });
    const does = await described(page, name);
    await button.click();
    const dialog = page.getByRole('dialog');
    expect(await dialog.textContent()).toContain(does);
    await giveOrder(page, name);
    await dialog.getByText('The controller has it').waitFor();
    expect(isDone(await stored(server))).toBe(true);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
  });

  it('Retry is asked of what was rolled back, and what the controller refuses is shown where it was asked', async () => {
    const { page } = await opened(rolledBackRelease());
    await page.getByRole('button', { name: 'Retry' }).click();
    await giveOrder(page, 'Retry');
    const said = await page.getByRole('dialog').getByRole('alert').textContent();
    expect(said).toMatch(/^Nothing was done: .+/);
    await page.getByRole('dialog').getByRole('button', { name: 'Leave it' }).click();
  });

  it('an order without a reason is not sent where one is needed', async () => {
    const { server, page } = await opened(bakingRelease());
    await page.getByRole('button', { name: 'Abort' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Abort' }).click();
    expect(await page.evaluate(`document.querySelector('textarea').validity.valueMissing`)).toBe(true);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Abort');
    expect((await stored(server)).orders.abort).toBeNull();
  });

  it('an order for a release that has ended meanwhile changes nothing, and the page says why', async () => {
    const { server, page } = await opened(bakingRelease());
    await page.getByRole('button', { name: 'Pause' }).click();
    await server.controls.put({ ...rolledBackRelease(), id: bakingRelease().id });
    await giveOrder(page, 'Pause');
    const said = await page.getByRole('dialog').getByRole('alert').textContent();
    expect(said).toContain('Nothing was done: ');
  });

  it('a button that cannot be pressed says why, and does nothing', async () => {
    const { page } = await opened(bakingRelease());
    const button = page.getByRole('button', { name: 'Resume' });
    await button.waitFor();
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    expect(await described(page, 'Resume')).toBe('Not now: nothing is paused, lowered or to be answered.');
    await button.click({ force: true });
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('who may only read is asked for a token once, and sees every button disabled with the reason', async () => {
    const { page } = await opened(bakingRelease(), { keys });
    await enterToken(page, 'not-one-of-the-tokens');
    await page.getByText('The token was not accepted').waitFor();
    await enterToken(page, read);
    await page.getByText('read only').waitFor();
    for (const name of buttons) expect(await described(page, name)).toMatch(/^Not now: this token may only read/);
    await page.reload();
    await page.getByText('read only').waitFor();
  });

  it('who may act gives orders with the token, which is kept for this tab alone', async () => {
    const { server, page } = await opened(bakingRelease(), { keys });
    await enterToken(page, act);
    await page.getByRole('button', { name: 'Pause' }).click();
    await giveOrder(page, 'Pause');
    await page.getByText('The controller has it').waitFor();
    expect((await stored(server)).pauses).toHaveLength(1);
    const other = await page.context().newPage();
    await other.goto(server.url);
    await other.getByLabel('Token').waitFor();
  });

  it('an address that changes while the page begins is followed', async () => {
    const { server } = await opened(bakingRelease());
    const context = await browser.newContext();
    atTestEnd(() => context.close());
    await context.addInitScript(changesUnheard);
    const page = await context.newPage();
    await page.goto(`${server.url}/#/release/${bakingRelease().id}`);
    await shown(page, page.locator('.row'));
  });

  it('the keyboard is enough: from the list into a release, and to an order', async () => {
    const { server, page } = await opened(bakingRelease());
    await page.goto(`${server.url}/#/`);
    await shown(page, page.locator('.row'));
    await tabTo(page, 'A', 'v1.9.0');
    await page.keyboard.press('Enter');
    await shown(page, page.getByRole('button', { name: 'Pause' }));
    await tabTo(page, 'BUTTON', 'Pause');
    await page.keyboard.press('Enter');
    await shown(page, page.getByRole('dialog'));
    await tabTo(page, 'TEXTAREA', '');
    await page.keyboard.type('lunch');
    await tabTo(page, 'BUTTON', 'Pause');
    await page.keyboard.press('Enter');
    await shown(page, page.getByText('The controller has it'));
    expect((await stored(server)).pauses).toMatchObject([{ reason: 'lunch' }]);
  });
});

const stored = async ({ controls }: TestServer): Promise<Release> => {
  const read = await controls.release(bakingRelease().id);
  if (!read.ok || read.value === null) throw new Error('the release is gone');
  return read.value;
};

/** What stands beside a button. */
const described = async (page: Page, name: string): Promise<string> => {
  const button = page.locator('.orders').getByRole('button', { name, exact: true });
  const id = await button.getAttribute('aria-describedby');
  return (await page.locator(`[id="${id}"]`).textContent()) ?? '';
};

/** Presses Tab until what has the focus is of this kind and says this. */
/** To the list, in the last moment before the page listens for it. */
const changesUnheard = `
  const listen = window.addEventListener;
  window.addEventListener = (kind, ...rest) => {
    if (kind === 'hashchange') history.replaceState(null, '', '#/');
    return listen.call(window, kind, ...rest);
  };`;

/** A wait in vain tells where the keys went, and what stood there. */
const shown = async (page: Page, what: Locator): Promise<void> => {
  const wait = what.waitFor({ timeout: 30_000 });
  await wait.catch(async (cause: unknown) => {
    const at = await page.evaluate<string>(`document.activeElement.outerHTML.slice(0, 300)`);
    const text = await page.locator('body').innerText();
    throw new Error(`the keys go to ${at}; the page says: ${text.slice(0, 1_500)}`, { cause });
  });
};

const tabTo = (page: Page, tag: string, text: string): Promise<true> =>
  eventually(async () => {
    await page.keyboard.press('Tab');
    return page.evaluate<true | null>(
      `document.activeElement.tagName === '${tag}' && document.activeElement.textContent.includes('${text}') || null`,
    );
  });
