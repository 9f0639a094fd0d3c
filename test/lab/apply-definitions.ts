/** Sluice's own kinds of objects, in the lab's API server. */
import { definitions } from '../../src/release/crd-schema.ts';
import { orderAdmission } from '../../src/release/order-admission.ts';
import { eventually } from '../support/eventually.ts';
import type { Api } from './api/api.ts';

/** Resolves when they are served. */
export async function applyDefinitions(api: Api): Promise<void> {
  for (const definition of definitions()) {
    await api.apply(`/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition.metadata.name}`, definition);
  }
  for (const each of orderAdmission()) {
    const folder =
      each.kind === 'ValidatingAdmissionPolicy' ? 'validatingadmissionpolicies' : 'validatingadmissionpolicybindings';
    await api.apply(`/apis/${each.apiVersion}/${folder}/${each.metadata.name}`, each);
  }
  const kinds = ['releases', 'releasepolicies', 'releaseorders'];
  await eventually(() => Promise.all(kinds.map((kind) => api.list(`/apis/sluice.dev/v1alpha1/${kind}`))));
}
