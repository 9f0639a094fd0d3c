/** A real browser, and pages in it that report whatever they should not do: errors, refusals of the content policy, requests elsewhere. */
import { type Browser, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { type AtEnd, atTestEnd } from './at-end.ts';
import { patienceMs } from './eventually.ts';
import { locate } from './needs.ts';

/** Into dist/page, where the server looks for it. */
export const buildPage = async (): Promise<void> => {
  await build({ configFile: '.vite.config.mjs', logLevel: 'silent' });
};

/** As root a browser has no sandbox; nothing here comes from strangers. */
const words = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-crash-reporter'];

export const openBrowser = async (atEnd: AtEnd): Promise<Browser> => {
  const browser = await chromium.launch({ executablePath: locate('chromium') ?? 'chromium', args: words });
  atEnd(() => browser.close());
  return browser;
};

export interface Looks {
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
}

const wide: Looks = { width: 1440, height: 1000, theme: 'light' };

export interface OpenPage {
  readonly page: Page;
  /** What it said to the console as an error, threw, or asked of somebody else. */
  readonly complaints: readonly string[];
}

export interface OpenPageOptions {
  readonly looks?: Looks;
  readonly atEnd?: AtEnd;
  /** What its clock shows all the time, epoch ms; left out: it goes. */
  readonly atMs?: number;
}

export const openPage = async (
  browser: Browser,
  url: string,
  { looks = wide, atEnd = atTestEnd, atMs }: OpenPageOptions = {},
): Promise<OpenPage> => {
  const { width, height, theme } = looks;
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
    locale: 'en-GB',
  });
  atEnd(() => context.close());
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  if (atMs !== undefined) await page.clock.setFixedTime(atMs);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== new URL(url).origin) complaints.push(`asked for ${request.url()}`);
  });
  await page.goto(url);
  return { page, complaints };
};
