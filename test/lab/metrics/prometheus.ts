/** Prometheus, scraping annotated pods, Envoy and Traefik every second, with an Alertmanager that notifies nobody. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { envoyAdmin } from '../mesh/envoy.ts';
import { traefikAdmin } from '../mesh/traefik.ts';
import { addresses } from '../network/network.ts';
import type { Server } from '../servers/server.ts';

export const prometheusUrl = `http://${addresses.prometheus}:9090`;
export const alertmanagerUrl = `http://${addresses.alertmanager}:9093`;

/** Rule files that a test writes; read at `POST /-/reload`. */
export const rulesFolder = (folder: string): string => join(folder, 'prometheus', 'rules');

/** Who is scraped: written by the pod watch. */
export const targetsFile = (folder: string): string => join(folder, 'prometheus', 'pods.json');

const config = (folder: string): object => ({
  global: { scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
  rule_files: [join(rulesFolder(folder), '*.json')],
  alerting: { alertmanagers: [{ static_configs: [{ targets: [new URL(alertmanagerUrl).host] }] }] },
  scrape_configs: [
    { job_name: 'pods', file_sd_configs: [{ files: [targetsFile(folder)], refresh_interval: '1s' }] },
    { job_name: 'envoy', metrics_path: '/stats/prometheus', static_configs: [{ targets: [envoyAdmin] }] },
    { job_name: 'traefik', static_configs: [{ targets: [traefikAdmin] }] },
  ],
});

export function prometheus(folder: string): Server {
  mkdirSync(rulesFolder(folder), { recursive: true });
  writeFileSync(targetsFile(folder), '[]');
  const file = join(folder, 'prometheus', 'prometheus.json');
  writeFileSync(file, JSON.stringify(config(folder)));
  return {
    name: 'prometheus',
    at: prometheusUrl,
    command: [
      'prometheus',
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'prometheus', 'data')}`,
      `--web.listen-address=${new URL(prometheusUrl).host}`,
      '--web.enable-lifecycle',
      // An alert that comes while a reload has it forget its Alertmanagers would be told again after a minute.
      '--rules.alert.resend-delay=1s',
      '--log.level=warn',
    ],
    ready: async () => (await fetch(`${prometheusUrl}/-/ready`)).ok,
  };
}

export function alertmanager(folder: string): Server {
  const file = join(folder, 'alertmanager.json');
  writeFileSync(file, JSON.stringify({ route: { receiver: 'nobody' }, receivers: [{ name: 'nobody' }] }));
  return {
    name: 'alertmanager',
    at: alertmanagerUrl,
    command: [
      'prometheus-alertmanager',
      `--config.file=${file}`,
      `--storage.path=${join(folder, 'alertmanager')}`,
      `--web.listen-address=${new URL(alertmanagerUrl).host}`,
      '--cluster.listen-address=',
      '--log.level=warn',
    ],
    ready: async () => (await fetch(`${alertmanagerUrl}/-/ready`)).ok,
  };
}
