import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { suiteEnd } from '../../support/at-end.ts';
import { eventually } from '../../support/eventually.ts';
import { hasCode } from '../api/api.ts';
import { joinLab } from '../joined-lab.ts';
import { needsLab } from '../needs-lab.ts';
import { fileOf } from '../parts/parts.ts';
import { versions } from '../parts/versions.ts';

describe.runIf(await needsLab('bare'))("the lab's API server", () => {
  const atEnd = suiteEnd();

  it('is of the version that was asked for, and speaks to kubectl', async () => {
    const lab = await joinLab(atEnd);
    const kubectl = (...args: string[]): string =>
      execFileSync(fileOf('kubernetes', 'kubectl'), args, {
        // Where it keeps what it learns of a server.
        env: { KUBECONFIG: lab.kubeconfig('admin'), HOME: lab.folder },
        encoding: 'utf8',
      });
    expect(kubectl('version')).toContain(`Server Version: ${versions.kubernetes}`);
    expect(kubectl('get', 'nodes')).toMatch(/^lab +Ready/m);
  });

  it('lets a user do what a role allows, and nothing else', async () => {
    const lab = await joinLab(atEnd);
    const namespace = await lab.namespace();
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    await expect(lab.api('sluice').list(path)).rejects.toSatisfy(hasCode(403));
    const admin = lab.api();
    const rbac = `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;
    await admin.create(`${rbac}/roles`, {
      metadata: { name: 'reads' },
      rules: [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }],
    });
    await admin.create(`${rbac}/rolebindings`, {
      metadata: { name: 'reads' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reads' },
      subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'sluice' }],
    });
    await eventually(() => lab.api('sluice').list(path));
    await expect(lab.api('sluice').create(path, { metadata: { name: 'x' } })).rejects.toSatisfy(hasCode(403));
  });

  it('writes down who wrote what, and what it answered', async () => {
    const lab = await joinLab(atEnd);
    const namespace = await lab.namespace();
    const path = `/api/v1/namespaces/${namespace}/configmaps`;
    await lab.api().create(path, { metadata: { name: 'told' }, data: { weight: '25' } });
    await expect(lab.api('alice').delete(`${path}/told`)).rejects.toSatisfy(hasCode(403));
    await eventually(() => {
      const events = lab
        .audit()
        .filter(({ objectRef }) => objectRef?.namespace === namespace && objectRef.resource === 'configmaps');
      expect(events.map(({ verb, user, responseStatus }) => [verb, user.username, responseStatus?.code])).toEqual([
        ['create', 'admin', 201],
        ['delete', 'alice', 403],
      ]);
      expect(events[0]?.requestObject).toMatchObject({ data: { weight: '25' } });
      return true;
    });
  });
});
