/** A policy that is deleted: what it delivers ends, and the Deployment, the Services and their users get back what they had. */
import { ok, type Result } from '../../lib/result.ts';
import { command } from '../../release/command.ts';
import { giveBackServices } from '../../workload/kubernetes/give-back.ts';
import type { ClusterScene } from './cluster-scene.ts';
import type { ClusterService } from './cluster-service.ts';

/** `done`, or what is waited for, for people. */
export async function removed(
  { client, clock, namespace, nudge, starter, store }: ClusterScene,
  service: ClusterService,
): Promise<Result<'done' | (string & {})>> {
  const { name } = service.policy;
  const state = await store.policy(name);
  if (!state.ok) return state;
  const stable = state.value?.stable ?? null;
  const spec = stable === null ? undefined : state.value?.revisions[stable];
  if (spec?.kind !== 'pods') return ok('done');
  const running = await starter.running(name);
  if (!running.ok) return running;
  if (running.value !== null) {
    const { id, revision } = running.value;
    const order = {
      kind: 'abort',
      revision,
      who: 'sluice',
      reason: 'its policy is deleted',
      atMs: clock.wallMs(),
    } as const;
    const change = command(running.value, order);
    if (change.ok && change.value.log.length > 0) {
      const saved = await store.save(change.value.release, change.value.log);
      if (!saved.ok) return saved;
      nudge(id);
    }
    return ok(`release ${id} ends first`);
  }
  const { deployment } = service.cluster;
  const up = await service.target.standUp(spec);
  if (!up.ok) return up.error.reason === 'NotFound' ? ok('done') : up;
  if (up.value === 'starting') return ok(`the pods of Deployment ${deployment} are not all ready yet`);
  // From here on nothing is put back to where it was moved.
  await service.workload.close();
  const services = [deployment, service.services.stable];
  const given = await giveBackServices(client, { namespace, target: deployment, services, epoch: store.epoch });
  return given.ok ? ok('done') : given;
}
