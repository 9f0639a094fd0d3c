/** The page's reference pictures: small ones of fixed data, to be looked at by people and compared with by a test. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AtEnd } from '../support/at-end.ts';
import { buildPage, openBrowser } from '../support/browser.ts';
import { shrunk } from '../support/page-look.ts';
import { openView, pageViews, serveScene } from '../support/page-views.ts';

/** Writes them anew; `large`: a folder for the same in full size, for whoever looks at them. */
export async function writeReferences(folder: string, atEnd: AtEnd, large?: string): Promise<void> {
  await buildPage();
  const browser = await openBrowser(atEnd);
  const url = await serveScene(atEnd);
  const desk = await browser.newPage();
  rmSync(folder, { recursive: true, force: true });
  for (const each of large === undefined ? [folder] : [folder, large]) mkdirSync(each, { recursive: true });
  for (const view of pageViews) {
    const page = await openView({ browser, url }, view, atEnd);
    const png = await page.screenshot();
    writeFileSync(join(folder, `${view.name}.jpg`), await shrunk(desk, png, view.width));
    if (large !== undefined) writeFileSync(join(large, `${view.name}.png`), png);
    await page.close();
  }
}
