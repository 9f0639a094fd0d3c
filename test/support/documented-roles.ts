/** The Roles of the page about Kubernetes, granted in the lab as they stand there. */
import { readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import type { JoinedLab } from '../lab/joined-lab.ts';
import type { AtEnd } from './at-end.ts';

const rbac = '/apis/rbac.authorization.k8s.io/v1';

interface Role {
  readonly metadata: { readonly name: string };
  readonly rules: readonly object[];
}

/** As the page about Kubernetes gives them. */
export async function documentedRoles(): Promise<readonly Role[]> {
  const page = await readFile(new URL('../../deploy/kubernetes.md', import.meta.url), 'utf8');
  const text = /```yaml\n# roles\.yaml\n([\s\S]*?)```/.exec(page)?.[1] ?? '';
  return parseAllDocuments(text).map((document) => document.toJS() as Role);
}

export async function grant(lab: JoinedLab, namespace: string, role: Role, subjects: readonly object[]): Promise<void> {
  const api = lab.api();
  const folder = `${rbac}/namespaces/${namespace}`;
  const { name } = role.metadata;
  await api.create(`${folder}/roles`, { metadata: { name }, rules: role.rules });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name };
  await api.create(`${folder}/rolebindings`, { metadata: { name }, roleRef, subjects });
}

/** The controller's own metrics: a path, which no Role of a namespace can name. */
export async function grantMetrics(
  lab: JoinedLab,
  subject: { readonly name: string; readonly namespace: string },
  atEnd: AtEnd,
): Promise<void> {
  const api = lab.api();
  const name = `metrics-of-${subject.namespace}-${subject.name}`;
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name };
  const rules = [{ nonResourceURLs: ['/metrics'], verbs: ['get'] }];
  await api.create(`${rbac}/clusterroles`, { metadata: { name }, rules });
  atEnd(() => api.delete(`${rbac}/clusterroles/${name}`));
  await api.create(`${rbac}/clusterrolebindings`, { metadata: { name }, roleRef, subjects: [subject] });
  atEnd(() => api.delete(`${rbac}/clusterrolebindings/${name}`));
}
