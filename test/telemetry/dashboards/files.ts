/** What `dashboards/` holds, by file. */
import { alertsText } from './alerts.ts';
import { controller } from './controller.ts';
import { dashboardText } from './dashboard.ts';
import { fleet } from './fleet.ts';
import { releases } from './releases.ts';

export const dashboardFiles: Readonly<Record<string, () => string>> = {
  'dashboards/releases.json': () => dashboardText(releases),
  'dashboards/fleet.json': () => dashboardText(fleet),
  'dashboards/controller.json': () => dashboardText(controller),
  'dashboards/alerts.yaml': alertsText,
};
