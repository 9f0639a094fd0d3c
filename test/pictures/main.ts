/** `npm run pictures`: runs the demo and writes what its terminal shows into README.md. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { someEnd } from '../support/at-end.ts';
import { howToInstall, locate } from '../support/needs.ts';
import { terminalPictures } from './terminal.ts';
import { withPictures } from './with-pictures.ts';

const readme = join(import.meta.dirname, '..', '..', 'README.md');
const { atEnd, cleanUp } = someEnd();

if (locate('tmux') === null) throw new Error(howToInstall(['tmux']));
try {
  const { promoting, rolledBack } = await terminalPictures(atEnd);
  writeFileSync(readme, withPictures(readFileSync(readme, 'utf8'), { promoting, 'rolled-back': rolledBack }));
  console.log(`${readme} shows this run`);
} finally {
  await cleanUp();
}
