/** Alert rules for Sluice itself, as a Prometheus rule file: what a person should know that no release can say. */
import { stringify } from 'yaml';
import { metric } from './names.ts';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: { readonly severity: 'critical' | 'warning' };
  readonly annotations: { readonly summary: string; readonly description: string };
}

/** Where it is, of a controller of several namespaces; of one nothing is said. */
const whose = '{{ with $labels.namespace }} in namespace {{ . }}{{ end }}';

const alerts: readonly Alert[] = [
  {
    alert: 'SluiceDown',
    expr: `absent(${metric.build})`,
    for: '2m',
    labels: { severity: 'critical' },
    annotations: {
      summary: 'No Sluice is scraped',
      description:
        'Traffic stays as it is; nothing is promoted and nothing is taken back. Start it again: it takes up each release where it was.',
    },
  },
  {
    alert: 'SluiceRollbackStuck',
    expr: `${metric.phase}{phase="rollingBack"} == 1 and on (namespace, policy, release) ${metric.weight}{source="applied"} > 0`,
    for: '1m',
    labels: { severity: 'critical' },
    annotations: {
      summary: `{{ $labels.release }}${whose} is rolled back, and its canary still gets traffic`,
      description:
        'Sluice goes on writing weight 0. See sluice explain {{ $labels.release }}; put all traffic on stable by hand if it stays.',
    },
  },
  {
    alert: 'SluiceReleaseBlind',
    expr: `increase(${metric.blind}[10m]) > 300`,
    for: '0s',
    labels: { severity: 'warning' },
    annotations: {
      summary: `{{ $labels.release }}${whose} was without metrics for {{ $value | humanizeDuration }} of the last 10 minutes`,
      description:
        'It neither advances nor goes back by that. See the metric sources on the dashboard sluice-controller.',
    },
  },
  {
    alert: 'SluiceSourceFailing',
    expr: `sum by (source) (rate(${metric.queryErrors}[5m])) > 0.5 * sum by (source) (rate(${metric.queries}_count[5m]))`,
    for: '5m',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'Metric source {{ $labels.source }} leaves more than half of the questions without an answer',
      description: 'Releases that read it hold. The reason is a label of the counter of its errors.',
    },
  },
  {
    alert: 'SluiceLooksFail',
    expr: `sum by (namespace, policy) (increase(${metric.reconcileErrors}[10m])) > 3`,
    for: '0s',
    labels: { severity: 'warning' },
    annotations: {
      summary: `Looks at the release of {{ $labels.policy }}${whose} end in an error of the program`,
      description: 'The release is held. The log of the controller names the error.',
    },
  },
  {
    alert: 'SluiceStoreUnreadable',
    expr: `increase(${metric.scrapeErrors}[10m]) > 3`,
    for: '0s',
    labels: { severity: 'critical' },
    annotations: {
      summary: 'Sluice can not read its store',
      description: 'Check the disk that holds its state directory; what was saved before is safe.',
    },
  },
  {
    alert: 'SluiceTrafficContested',
    expr: `sum by (namespace, policy) (increase(${metric.drift}[30m])) >= 2`,
    for: '0s',
    labels: { severity: 'warning' },
    annotations: {
      summary: `Somebody else keeps raising the weight of {{ $labels.policy }}${whose}`,
      description:
        'Sluice puts it back; at the third time it takes the canary out of the traffic. Find who writes the weights.',
    },
  },
  {
    alert: 'SluiceNotificationsLost',
    expr: `sum by (target) (increase(${metric.notifications}{outcome=~"failed|dropped"}[15m])) > 0`,
    for: '0s',
    labels: { severity: 'warning' },
    annotations: {
      summary: 'Notifications to {{ $labels.target }} are lost',
      description:
        'No release is delayed by that, but people may not know. The log of the controller has the answers of the target.',
    },
  },
];

export const alertsText = (): string =>
  `# Alert rules for Sluice itself. Written by \`npm run dashboards\`; tested by promtool in test/telemetry.\n${stringify({ groups: [{ name: 'sluice', rules: alerts }] }, { lineWidth: 0 })}`;
