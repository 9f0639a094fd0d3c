/** Carries out one action on the world. Absolute, so that doing it again after a crash changes nothing. */
import { failed, ok, type Result } from '../lib/result.ts';
import type { Action } from '../release/action.ts';
import type { Release } from '../release/release.ts';
import type { PolicyState } from '../release/store.ts';
import type { Ports } from './ports.ts';
import type { World } from './see.ts';
import type { Session } from './session.ts';

/** What carrying out takes. */
interface Acting {
  readonly session: Pick<Session, 'unsettled'>;
  readonly ports: Pick<Ports, 'router' | 'tell' | 'workload'> & { readonly store: Pick<Ports['store'], 'epoch'> };
  readonly release: Release;
  readonly policy: PolicyState;
  readonly world: Pick<World, 'route'>;
}

export interface Errand extends Acting {
  readonly session: Session;
  readonly ports: Ports;
  readonly world: World;
}

export async function perform(action: Action, errand: Acting): Promise<Result<void>> {
  const { workload, store } = errand.ports;
  switch (action.kind) {
    case 'scale': {
      const spec = errand.policy.revisions[action.revision];
      if (spec === undefined) return unknownRevision(action.revision, errand.policy);
      return workload.ensure(action.revision, spec, action.replicas);
    }
    case 'serve':
      return workload.serve(action.backend, action.revision, store.epoch);
    case 'closeStreams': {
      const closed = await errand.ports.router.closeStreams(store.epoch);
      return closed.ok ? ok(undefined) : failed({ ...closed.error, retryable: true });
    }
    case 'weight':
      return writeWeight(action, errand);
  }
}

/** A rise, or taking over a split that belongs to another release, quotes the version it was decided on; a decrease is absolute and safe when late. */
async function writeWeight(action: Action & { kind: 'weight' }, errand: Acting): Promise<Result<void>> {
  const { session, ports, release, world } = errand;
  const { route } = world;
  const quotes = route !== null && (action.canary > route.canary || route.release !== release.id);
  const written = await ports.router.write({
    release: release.id,
    epoch: ports.store.epoch,
    canary: action.canary,
    ifVersion: quotes ? route.version : null,
    latch: action.latch,
  });
  if (written.ok) {
    ports.tell({ kind: 'wrote', policy: release.policy, outcome: 'ok', message: `weight ${action.canary} %` });
    return ok(undefined);
  }
  const { reason, message } = written.error;
  if (reason === 'Unknown') session.unsettled = true;
  ports.tell({ kind: 'wrote', policy: release.policy, outcome: reason, message });
  return failed({ reason, message, retryable: reason !== 'Fenced' });
}

const unknownRevision = (revision: string, { policy }: PolicyState): Result<never> =>
  failed({
    reason: 'RevisionUnknown',
    message: `${policy} has no record of what revision ${revision} is made of: start it again`,
    retryable: false,
  });
