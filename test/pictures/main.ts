/** `npm run pictures`: runs the demo and writes what its terminal and its page show into README.md; makes the page's reference pictures anew. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { someEnd } from '../support/at-end.ts';
import { howToInstall, locate } from '../support/needs.ts';
import { demoPictures } from './demo.ts';
import { writeReferences } from './references.ts';
import { withPictures } from './with-pictures.ts';

const root = join(import.meta.dirname, '..', '..');
const { atEnd, cleanUp } = someEnd();

/** `npm run pictures -- references /tmp/large`: these alone, and in full size, too. */
const [only, large] = process.argv.slice(2);

const missing = (['tmux', 'chromium'] as const).filter((tool) => locate(tool) === null);
if (missing.length > 0) throw new Error(howToInstall(missing));
try {
  if (only !== 'demo') {
    const folder = join(root, 'test', 'page', 'references');
    await writeReferences(folder, atEnd, large);
    console.log(`${folder} is made anew: look at each before it is kept`);
  }
  if (only !== 'references') {
    const readme = join(root, 'README.md');
    const { page, promoting, rolledBack } = await demoPictures(atEnd);
    writeFileSync(join(import.meta.dirname, 'page.jpg'), page);
    writeFileSync(readme, withPictures(readFileSync(readme, 'utf8'), { promoting, 'rolled-back': rolledBack }));
    console.log(`${readme} shows this run`);
  }
} finally {
  await cleanUp();
}
