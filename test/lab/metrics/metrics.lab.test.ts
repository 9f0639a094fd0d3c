import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { joinLab } from '../joined-lab.ts';
import { startTwoVersions } from '../mesh/two-versions.ts';
import { needsLab } from '../needs-lab.ts';
import { deploymentPath } from '../sample-deployment.ts';
import { alertmanagerUrl, prometheusUrl, rulesFolder } from './prometheus.ts';

interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

async function query(expression: string): Promise<readonly Series[]> {
  const answer = await fetch(`${prometheusUrl}/api/v1/query?query=${encodeURIComponent(expression)}`);
  return ((await answer.json()) as { data: { result: readonly Series[] } }).data.result;
}

describe.runIf(await needsLab())("the lab's Prometheus", () => {
  const atEnd = suiteEnd();

  it("has the samples of annotated pods, with their labels, while they live, and Envoy's and Traefik's own", async () => {
    const lab = await joinLab(atEnd);
    const namespace = await lab.namespace();
    await startTwoVersions(lab, namespace);
    const up = `up{job="pods",namespace="${namespace}"}`;
    await eventually(async () => {
      expect((await query(`${up} == 1`)).map(({ metric }) => metric['version']).sort()).toEqual(['canary', 'stable']);
      return true;
    });
    expect((await query('up == 1')).map(({ metric }) => metric['job'])).toEqual(
      expect.arrayContaining(['envoy', 'traefik']),
    );
    await lab.api().delete(deploymentPath(namespace, 'app-canary'));
    await eventually(async () => (await query(up)).length === 1);
  });

  it("tells an alert of a test's own to Alertmanager", async () => {
    const lab = await joinLab(atEnd);
    const alert = { alert: 'LabSpeaks', expr: 'vector(1)', labels: { severity: 'page' } };
    const rules = { groups: [{ name: 'lab-speaks', rules: [alert] }] };
    writeFileSync(join(rulesFolder(lab.folder), 'lab-speaks.json'), JSON.stringify(rules));
    expect((await fetch(`${prometheusUrl}/-/reload`, { method: 'POST' })).status).toBe(200);
    await eventually(async () => {
      const alerts = (await (await fetch(`${alertmanagerUrl}/api/v2/alerts`)).json()) as readonly {
        labels: Record<string, string>;
      }[];
      return alerts.some(({ labels }) => labels['alertname'] === 'LabSpeaks');
    });
  });
});
