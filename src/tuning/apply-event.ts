/** What happens on the way of a scenario, done to its release and its world. */
import { command } from '../release/command.ts';
import type { LogEntry } from '../release/log.ts';
import type { Release } from '../release/release.ts';
import { supersede } from '../release/supersede.ts';
import type { Feed } from './feed.ts';
import type { ScenarioEvent } from './scenario.ts';
import { canaryName, stableName, type VirtualWorld } from './virtual-world.ts';

export interface Scene {
  readonly release: Release;
  readonly world: VirtualWorld;
  readonly feed: Feed;
  readonly metrics: 'there' | 'away';
  readonly nowMs: number;
  /** Nobody can be given an order. */
  readonly controller: 'there' | 'away';
}

type After = Pick<Scene, 'release' | 'metrics'> & {
  readonly log: readonly LogEntry[];
  /** No controller looks before then. */
  readonly awayUntilMs?: number;
};

export function apply(event: ScenarioEvent, scene: Scene): After {
  const { feed, metrics, nowMs, release, world } = scene;
  const unchanged: After = { release, metrics, log: [] };
  switch (event.kind) {
    case 'order':
      return scene.controller === 'there' ? ordered(event, scene) : unheard(event.order, scene);
    case 'supersede':
      if (scene.controller === 'away') return unheard('start', scene);
      return { metrics, ...supersede(release, { revision: event.revision, who: 'somebody', nowMs }) };
    case 'metrics':
      return { ...unchanged, metrics: event.are === 'away' ? 'away' : 'there' };
    case 'instances':
      world.lose(nameOf(event.of), event.lost);
      return unchanged;
    case 'ready':
      world.makeReady(nameOf(event.of));
      return unchanged;
    case 'traffic':
      feed.change(event.change);
      return unchanged;
    case 'weight':
      world.interfere(event.weight);
      return unchanged;
    case 'router':
      if (event.is === 'restarted') world.restartRouter(event.weight);
      else world.latch(release.id, event.weight);
      return unchanged;
    case 'controller':
      return { ...unchanged, awayUntilMs: nowMs + event.awayMs };
  }
}

const nameOf = (arm: 'canary' | 'stable'): string => (arm === 'canary' ? canaryName : stableName);

const unheard = (order: string, { metrics, nowMs, release }: Scene): After => {
  const message = `nobody was there to be told "${order}": the controller was away`;
  return { release, metrics, log: [{ atMs: nowMs, kind: 'action', reason: 'NoController', message, data: { order } }] };
};

/** An order that can't be carried out any more is told as what it is. */
function ordered(
  { order: kind, reason, who }: Extract<ScenarioEvent, { readonly kind: 'order' }>,
  { metrics, nowMs, release }: Scene,
): After {
  const changed = command(release, { kind, who, reason, revision: release.revision, atMs: nowMs });
  if (changed.ok) return { metrics, ...changed.value };
  const { message, reason: refusal } = changed.error;
  const line: LogEntry = { atMs: nowMs, kind: 'action', reason: refusal, message, data: { who, order: kind } };
  return { metrics, release, log: [line] };
}
