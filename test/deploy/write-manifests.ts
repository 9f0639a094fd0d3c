/** `npm run manifests`: renders the chart into plain manifests. Needs the lab's Helm: npm run lab -- parts. */
import { writeFile } from 'node:fs/promises';
import { manifests } from './rendered.ts';

for (const [file, text] of Object.entries(manifests)) {
  await writeFile(file, text());
  console.log(file);
}
