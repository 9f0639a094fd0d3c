/** The route that an Alertmanager tells. */
import { alertsBody, alertsPath, alertsTaken } from '../http-alerts.ts';
import type { Documented } from './documented.ts';

export const ofAlerts: readonly Documented[] = [
  {
    method: 'post',
    path: alertsPath,
    summary:
      'What an Alertmanager tells by its webhook, version 4, of alerts that fire and that are resolved: for checks of kind `alertmanager`.',
    body: alertsBody,
    answer: alertsTaken,
    failures: [400, 413, 415, 503],
  },
];
