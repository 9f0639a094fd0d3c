/** Changes how the pods of a version behave, while they serve. */
import { folders } from '../../src/workload/kubernetes/labels.ts';
import { type PodSeen, samplePort } from '../lab/sample-deployment.ts';
import type { OperatedService } from './operated-service.ts';

/** Answers false where none of that version runs. */
export async function tellPods({ api, namespace }: OperatedService, version: string, change: object): Promise<boolean> {
  const { items } = await api.list<PodSeen>(folders(namespace).pods);
  const own = items.filter(({ spec }) => spec.containers[0]?.image === `app:${version}`);
  const body = JSON.stringify(change);
  const headers = { 'content-type': 'application/json' };
  for (const { status } of own)
    await fetch(`http://${status.podIP}:${samplePort}/_control`, { method: 'POST', headers, body }).catch(() => null);
  return own.length > 0;
}
