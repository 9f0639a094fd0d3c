/** A cluster as tests use it that need no more than its API server: the lab, or the one that SLUICE_TEST_KUBECONFIG names. */
import type { AtEnd } from '../support/at-end.ts';
import { foreignKubeconfig, openForeignCluster } from './foreign-cluster.ts';
import { type JoinedLab, joinLab } from './joined-lab.ts';

export type JoinedCluster = Pick<JoinedLab, 'api' | 'kubeconfig' | 'namespace'>;

export async function joinCluster(atEnd: AtEnd): Promise<JoinedCluster> {
  const file = foreignKubeconfig();
  return file === null ? joinLab(atEnd) : openForeignCluster(file, atEnd);
}
