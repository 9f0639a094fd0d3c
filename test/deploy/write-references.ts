/** `npm run references`: writes the pages that name every metric, and every word of policies and rule files. */
import { writeFile } from 'node:fs/promises';
import { references } from './references/files.ts';

for (const [file, text] of Object.entries(references)) {
  await writeFile(file, text());
  console.log(file);
}
