/** `sluice preflight` on a real API server with a mesh and a Prometheus: what it finds, with what to do about it, and that it changes nothing. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { folders } from '../../src/workload/kubernetes/labels.ts';
import { applyDefinitions } from '../lab/apply-definitions.ts';
import { type JoinedLab, joinLab } from '../lab/joined-lab.ts';
import { needsLab } from '../lab/needs-lab.ts';
import { deployment, deploymentPath, sampleContainer } from '../lab/sample-deployment.ts';
import { shippedAccount } from '../lab/shipped-account.ts';
import { suiteEnd } from '../support/at-end.ts';
import { splitRoute } from '../support/delivered-service.ts';
import { documentedRoles, grant } from '../support/documented-roles.ts';
import { usersService } from '../support/kubernetes-workload.ts';
import { sluice } from '../support/sluice-command.ts';
import { tempDir } from '../support/temp-dir.ts';

interface Line {
  readonly grade: string;
  readonly subject: string;
  readonly says: string;
  readonly fix: string | null;
}

describe.runIf(await needsLab())('preflight in a cluster', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;
  let namespace: string;
  let files: string;

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    await applyDefinitions(lab.api());
    namespace = await lab.namespace();
    files = await tempDir(atEnd);
    const api = lab.api();
    await api.apply(deploymentPath(namespace, 'app'), {
      ...deployment({ name: 'app', namespace, container: sampleContainer('v1'), replicas: 1 }),
    });
    await api.apply(`${folders(namespace).services}/app`, usersService());
    const services = { stable: 'app-stable', canary: 'app-canary' };
    const policy = {
      ...{ apiVersion: 'sluice.dev/v1alpha1', kind: 'ReleasePolicy', metadata: { name: 'app', namespace } },
      spec: {
        target: { deployment: 'app' },
        traffic: { istio: { virtualService: 'app', services } },
        metrics: {
          source: 'main',
          preset: 'istio-envoy',
          labels: { cluster_name: `outbound|80||app-$backend.${namespace}.svc.cluster.local` },
        },
        rules: { inline: { error_rate: { threshold: '0.1%', window: '5m', alert: 'critical' } } },
      },
    };
    await writeFile(join(files, 'policy.yaml'), stringify(policy));
    const url = 'http://10.77.0.20:9090';
    await writeFile(
      join(files, 'settings.yaml'),
      stringify({ sources: { main: { prometheus: { url, interval: '1s' } } } }),
    );
    const [viewing] = await documentedRoles();
    if (viewing === undefined) throw new Error('the page gives no role');
    await grant(lab, namespace, viewing, [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'bob' }]);
  }, 300_000);

  const preflight = async (who: 'admin' | 'bob', controller: string) => {
    const place = ['-n', namespace, '--kubeconfig', lab.kubeconfig(who), '--controller', `${namespace}/${controller}`];
    const settings = ['--settings', join(files, 'settings.yaml'), '-o', 'json'];
    const { code, out, err } = await sluice(['preflight', join(files, 'policy.yaml'), ...place, ...settings]);
    if (out === '') throw new Error(err);
    const { lines } = JSON.parse(out) as { readonly lines: readonly Line[] };
    return { code, of: (subject: string) => lines.find((line) => line.subject === subject), lines };
  };

  it('says what is missing, and how to mend it', { timeout: 300_000 }, async () => {
    const api = lab.api();
    await api.apply(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/app`, {
      ...{ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'app' } },
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'app' }, maxReplicas: 3 },
    });
    const { code, of } = await preflight('admin', 'nobody');
    expect(code).toBe(1);
    expect(of('HorizontalPodAutoscaler app')).toMatchObject({ grade: 'ok' });
    const controller = of(`controller ${namespace}/nobody`);
    expect(controller).toMatchObject({ grade: 'fail' });
    expect(controller?.says).toContain('patch virtualservices');
    expect(of('deployment app')?.grade).toBe('warn');
    expect(of('deployment app')?.fix).toContain('jsonPointers: [/spec/replicas]');
    expect(of('source main')).toMatchObject({ grade: 'ok' });
    await api.delete(`/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers/app`);
  });

  it('is ready once everything is there, and has changed nothing', { timeout: 300_000 }, async () => {
    const api = lab.api();
    await shippedAccount(lab, namespace);
    for (const name of ['app-stable', 'app-canary']) {
      await api.apply(`${folders(namespace).services}/${name}`, { ...usersService(), metadata: { name } });
    }
    const path = `/apis/networking.istio.io/v1/namespaces/${namespace}/virtualservices/app`;
    await api.apply(path, splitRoute({ namespace, host: `${namespace}.test`, rule: 'primary', services: 'short' }));
    const before = (await api.get(path)).metadata['resourceVersion'];
    const { code, lines, of } = await preflight('admin', 'sluice');
    expect(lines.filter(({ grade }) => grade === 'fail')).toEqual([]);
    expect(code).toBe(0);
    expect(of(`controller ${namespace}/sluice`)).toMatchObject({ grade: 'ok' });
    expect(lines.find(({ says }) => says.includes('splits stable 100, canary 0'))).toMatchObject({ grade: 'ok' });
    expect(lines.find(({ says }) => says.includes('a dry run of it was accepted'))).toMatchObject({ grade: 'ok' });
    expect((await api.get(path)).metadata['resourceVersion']).toBe(before);
    // Who may see less is told what was not looked at.
    const seen = await preflight('bob', 'sluice');
    expect(seen.of('you on releaseorders')).toMatchObject({ grade: 'warn', says: 'you lack create, get' });
    expect(seen.of('deployment app')).toMatchObject({ grade: 'fail' });
  });
});
