/** The checklist's own buttons in a real browser: approvals, gates gone without, results posted, with the right and the wrong rights. */
import type { Browser, Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { gatesOf } from '../../src/release/gate-demand.ts';
import type { Release } from '../../src/release/release.ts';
import { suiteEnd } from '../support/at-end.ts';
import { buildPage, openBrowser, openPage } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { type TestServer, testServer } from '../support/http-server.ts';
import { needs } from '../support/needs.ts';
import { enterToken, giveOrder } from '../support/page-orders.ts';
import { bakingRelease, sampleRelease } from '../support/sample-release.ts';

const keys = [
  { token: 'the-token-that-may-do-everything', name: 'ada' },
  { token: 'the-token-that-may-only-read', name: null, only: 'read' },
] as const;

const ada = keys[0].token;
const reader = keys[1].token;

const buttons = [
  'Approve qa',
  'Approve product',
  'Post that tests passed',
  'Post that tests failed',
  'Go without tests',
  'Go without contact',
] as const;

/** ada may approve qa, not product; go without contact, not without tests. */
const gated = (): Release =>
  sampleRelease({
    approvals: [
      { name: 'qa', by: [], expiresMs: null, given: null },
      { name: 'product', by: ['eve', 'bob'], expiresMs: null, given: null },
    ],
    gates: gatesOf([
      {
        kind: 'attested',
        name: 'tests',
        by: [],
        overrideBy: ['eve'],
        require: [{ value: 'coverage', comparison: '>=', limit: 80 }],
      },
      { kind: 'onCall', name: 'contact', overrideBy: [], contacts: [] },
    ]),
  });

describe.runIf(needs('chromium'))('on the checklist', () => {
  const atEnd = suiteEnd();
  let browser: Browser;

  beforeAll(async () => {
    await buildPage();
    browser = await openBrowser(atEnd);
  });

  const openedBy = async (token: string, release = gated()) => {
    const server = await testServer({ keys });
    await server.controls.put(release);
    const { page } = await openPage(browser, `${server.url}/#/release/${release.id}`);
    await enterToken(page, token);
    await page.locator('.checklist').waitFor();
    return { server, page };
  };

  it('what is missing is told with what to do about it', async () => {
    const { page } = await openedBy(ada);
    const todo = await page.locator('.checklist p').allTextContents();
    expect(todo).toEqual(['To do: wait', 'To do: wait', ...['qa', 'product'].map(approveWith)]);
  });

  it('an approval is given by its button, and taken back by the one that comes instead', async () => {
    const { server, page } = await openedBy(ada);
    await done(page, 'Approve qa');
    expect((await stored(server)).approvals[0]).toMatchObject({ given: { who: 'ada', reason: 'because' } });
    await done(page, 'Take back qa');
    expect((await stored(server)).approvals[0]).toMatchObject({ given: null });
    await page.getByRole('button', { name: 'Approve qa' }).waitFor();
  });

  it('a gate is gone without only for a reason', async () => {
    const { server, page } = await openedBy(ada);
    await page.getByRole('button', { name: 'Go without contact' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Go without contact' }).click();
    expect(await page.evaluate(`document.querySelector('textarea').validity.valueMissing`)).toBe(true);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect((await stored(server)).gates[1]).toMatchObject({ override: null });
    await done(page, 'Go without contact');
    expect((await stored(server)).gates[1]).toMatchObject({ override: { who: 'ada', reason: 'because' } });
    await page.locator('.checklist').getByText('overridden by ada: because').waitFor();
    expect(await page.getByRole('button', { name: 'Go without contact' }).count()).toBe(0);
  });

  it('a result is posted with the numbers that its gate asks for', async () => {
    const { server, page } = await openedBy(ada);
    await page.getByRole('button', { name: 'Post that tests passed' }).click();
    await page.getByLabel('coverage').fill('83.5');
    await giveOrder(page, 'Post that tests passed');
    await page.getByText('The controller has it: the gate shows it with its next look').waitFor();
    expect((await server.controls.policy()).value.attested).toMatchObject([
      { name: 'tests', outcome: 'pass', values: { coverage: 83.5 }, who: 'ada', caller: 'ada', revision: 'v1.9.0' },
    ]);
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await done(page, 'Post that tests failed');
    expect((await server.controls.policy()).value.attested).toMatchObject([{ outcome: 'fail', values: {} }]);
  });

  it('who is not among those whose order counts is told who is', async () => {
    const { page } = await openedBy(ada);
    const told = (name: string): Promise<string> => described(page, name);
    await eventually(async () => (await told('Approve product')).startsWith('Not now'));
    expect(await told('Approve product')).toBe('Not now: it counts from eve or bob, and you are ada.');
    expect(await told('Go without tests')).toBe('Not now: it counts from eve, and you are ada.');
    await page.getByRole('button', { name: 'Approve product' }).click({ force: true });
    expect(await page.getByRole('dialog').count()).toBe(0);
  });

  it('who may only read sees every button disabled with the reason', async () => {
    const { page } = await openedBy(reader);
    await page.getByText('read only').waitFor();
    for (const name of buttons) expect(await described(page, name)).toMatch(/^Not now: this token may only read/);
  });

  it('nothing is asked any more once the first traffic has come', async () => {
    const { page } = await openedBy(ada, { ...gated(), phase: bakingRelease().phase });
    expect(await page.locator('.checklist button').count()).toBe(0);
  });
});

const approveWith = (name: string): string => `To do: sluice approve app-3f2a --as ${name}`;

const stored = async ({ controls }: TestServer): Promise<Release> => {
  const read = await controls.release(gated().id);
  if (!read.ok || read.value === null) throw new Error('the release is gone');
  return read.value;
};

/** Pressed, given, answered and closed. */
const done = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('button', { name }).click();
  await giveOrder(page, name);
  const dialog = page.getByRole('dialog');
  await dialog.getByText('The controller has it').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await dialog.waitFor({ state: 'detached' });
};

/** What stands beside a button of the checklist. */
const described = async (page: Page, name: string): Promise<string> => {
  const id = await page
    .locator('.checklist')
    .getByRole('button', { name, exact: true })
    .getAttribute('aria-describedby');
  return (await page.locator(`[id="${id}"]`).textContent()) ?? '';
};
