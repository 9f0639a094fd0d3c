/** `npm run dashboards`: writes the Grafana dashboards and the alert rules for Sluice itself. */
import { writeFile } from 'node:fs/promises';
import { dashboardFiles } from './dashboards/files.ts';

for (const [file, text] of Object.entries(dashboardFiles)) {
  await writeFile(file, text());
  console.log(file);
}
