/** How long the page takes on loopback until it can be used, and until a change is seen on it. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Browser } from 'playwright-core';
import { buildPage, openBrowser } from '../support/browser.ts';
import { testServer } from '../support/http-server.ts';
import { scene, setScene } from '../support/page-scene.ts';
import { bakingRelease, rolledBackRelease } from '../support/sample-release.ts';
import { withCleanUp } from './rig/clean-up.ts';
import { figure } from './rig/figure.ts';

const tries = 10;

/** What changes are gathered for before they are read again. */
const calmMs = 1_500;

await withCleanUp(async (atEnd) => {
  await buildPage();
  const { controls, url } = await testServer({}, atEnd);
  await setScene(controls);
  for (let at = 0; at < 196; at += 1)
    await controls.put({ ...rolledBackRelease(), id: `old-${at}`, policy: `old-${at % 4}` });
  const browser = await openBrowser(atEnd);
  const reach = { median: 1_000, worst: 1_000 };
  const list = await readyTimes(browser, `${url}/#/`, '.row');
  console.log(figure('a list of 200 releases, ready', 'ms', { values: list, reach }));
  const one = `${url}/#/release/${scene.baking}`;
  console.log(
    figure('a release with its charts, ready', 'ms', { values: await readyTimes(browser, one, '.legend'), reach }),
  );
  const seen = await changeTimes(
    browser,
    one,
    async (name) => void (await controls.put(bakingRelease({ startedBy: name }))),
  );
  console.log(figure('from a change to the page', 'ms', { values: seen, reach: { median: 200 } }));
});

async function readyTimes(browser: Browser, address: string, sign: string): Promise<readonly number[]> {
  const times: number[] = [];
  for (let run = 0; run < tries; run += 1) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const began = performance.now();
    await page.goto(address);
    await page.locator(sign).first().waitFor();
    times.push(performance.now() - began);
    await context.close();
  }
  return times;
}

async function changeTimes(
  browser: Browser,
  address: string,
  change: (name: string) => Promise<void>,
): Promise<readonly number[]> {
  const page = await browser.newPage();
  await page.goto(address);
  await page.locator('.legend').first().waitFor();
  const times: number[] = [];
  for (let run = 0; run < tries; run += 1) {
    await pause(calmMs);
    const [name, began] = [`somebody ${run}`, performance.now()];
    await change(name);
    await page.getByText(name).first().waitFor();
    times.push(performance.now() - began);
  }
  return times;
}
