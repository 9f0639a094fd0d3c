/** Whether the cluster knows Sluice's objects, and compares the names in orders. */
import { fine, type PreflightLine } from '../line.ts';
import type { ClusterLook } from './scene.ts';
import { unseen } from './scene.ts';

const kinds = ['releasepolicies', 'releases', 'releaseorders'] as const;

const apply = 'sluice crds | kubectl apply -f -';

export const definitionsLook: ClusterLook = async ({ client, namespace }) => {
  const lines = kinds.map(async (kind): Promise<PreflightLine> => {
    const subject = `kind ${kind}.sluice.dev`;
    const listed = await client.list(`/apis/sluice.dev/v1alpha1/namespaces/${namespace}/${kind}`);
    if (listed.ok) return fine(subject, `${listed.value.objects.length} in namespace ${namespace}`);
    if (listed.error.reason !== 'NotFound') return unseen(subject, listed.error.message);
    return { grade: 'fail', subject, says: 'this cluster does not know it', fix: apply };
  });
  return Promise.all([...lines, admissionLine(client)]);
};

async function admissionLine(client: Parameters<ClusterLook>[0]['client']): Promise<PreflightLine> {
  const subject = 'orders as objects';
  const name = 'releaseorders.sluice.dev';
  const folder = '/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicybindings';
  const read = await client.get(`${folder}/${name}`);
  if (read.ok) return fine(subject, `ValidatingAdmissionPolicyBinding ${name} is there`);
  if (read.error.reason !== 'NotFound') return unseen(subject, read.error.message);
  const says = `there is no ValidatingAdmissionPolicyBinding ${name}: the controller refuses every ReleaseOrder`;
  return { grade: 'warn', subject, says, fix: `${apply} (Kubernetes 1.30 or later)` };
}
