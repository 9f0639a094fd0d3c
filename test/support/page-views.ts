/** Views of the page as its reference pictures show them: the same data at the same time, in both themes, wide and narrow. */
import type { Browser, Page } from 'playwright-core';
import { type AtEnd, atTestEnd } from './at-end.ts';
import { openPage } from './browser.ts';
import { eventually } from './eventually.ts';
import { testServer } from './http-server.ts';
import { undrawn } from './page-drawn.ts';
import { agoMs, scene, setScene } from './page-scene.ts';
import { startedAtMs } from './sample-release.ts';

export interface PageView {
  /** Of its picture. */
  readonly name: string;
  readonly hash: string;
  /** There when the page has what it shows. */
  readonly sign: string;
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
}

/** Of a release with traffic: before it there is nothing to draw. */
const charted = '.legend';

const places = [
  { name: 'list', hash: '#/', sign: '.rows' },
  { name: 'baking', hash: `#/release/${scene.baking}`, sign: charted },
  { name: 'gated', hash: `#/release/${scene.gated}`, sign: '.checklist' },
  { name: 'rolled-back', hash: `#/release/${scene.back}`, sign: charted },
] as const;

/** Taller than a window, so that more than its head is seen. */
const sizes = [
  { width: 1440, height: 1400 },
  { width: 360, height: 1600 },
] as const;

/** So tall that the charts below those of the release are seen. */
const afterPromotion: PageView = {
  ...{ name: 'after-1440-light', hash: `#/release/${scene.stayed}`, width: 1440, height: 2250, theme: 'light' },
  sign: `section[aria-label$="after the promotion"] ${charted}`,
};

const everyPlace: readonly PageView[] = places.flatMap((place) =>
  sizes.flatMap((size) =>
    (['light', 'dark'] as const).map((theme) => ({
      ...place,
      ...size,
      theme,
      name: `${place.name}-${size.width}-${theme}`,
    })),
  ),
);

export const pageViews: readonly PageView[] = [...everyPlace, afterPromotion];

const nowMs = startedAtMs + agoMs;

/** Serves the scene at its time; answers its address. */
export const serveScene = async (atEnd: AtEnd): Promise<string> => {
  const clock = { wallMs: () => nowMs, monotonicMs: () => performance.now() };
  const { controls, url } = await testServer({ clock }, atEnd);
  await setScene(controls, nowMs);
  return url;
};

interface Served {
  readonly browser: Browser;
  readonly url: string;
}

/** With its charts drawn, if it has some. */
export const openView = async ({ browser, url }: Served, view: PageView, atEnd = atTestEnd): Promise<Page> => {
  const { page } = await openPage(browser, `${url}/${view.hash}`, { looks: view, atMs: nowMs, atEnd });
  await page.locator(view.sign).first().waitFor();
  await page.getByText('live').first().waitFor();
  if (view.sign.endsWith(charted)) await eventually(async () => (await undrawn(page)).length === 0);
  return page;
};
