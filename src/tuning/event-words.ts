/** The words of what happens on the way: orders, outages, lost instances, other traffic. */
import { z } from 'zod';
import { exactlyOne } from '../lib/config-file/exactly-one.ts';
import { span } from '../release/policy-fields.ts';
import type { TimedEvent } from './scenario.ts';
import { trafficChange, trafficChangeWords } from './traffic-words.ts';

const reason = z.string().max(500);
const side = z.enum(['canary', 'stable']);
const percent = z.int().min(0).max(100);

const orders = ['pause', 'resume', 'promote', 'promoteFull', 'abort', 'answer', 'note', 'rollback'] as const;
const others = [
  ...['metricsAway', 'controllerAway', 'lose', 'restore', 'traffic', 'weight', 'routerRestarts', 'routeLatched'],
  'newRevision',
] as const;

export const eventWords = z
  .strictObject({
    at: span.meta({ description: 'Time since the start of the release.' }),
    pause: reason.optional().meta({ description: 'Somebody pauses it; the reason.' }),
    resume: reason.optional().meta({ description: 'Lifts the pause, and answers all investigations; the reason.' }),
    promote: reason.optional().meta({
      description: 'Ends the bake of this step; with a reason also without a pass, empty: only the bake.',
    }),
    promoteFull: reason.optional().meta({ description: 'Ends the bake of all steps; the reason.' }),
    abort: reason.optional().meta({ description: 'Somebody takes it back; the reason.' }),
    answer: reason.optional().meta({ description: 'Answers all open investigations; the answer.' }),
    note: reason.optional().meta({ description: 'Somebody looks at all open investigations; what they say.' }),
    rollback: reason.optional().meta({ description: 'The word that a rollback waits for.' }),
    who: z.string().min(1).max(200).optional().meta({ description: 'Who gives the order. Default somebody.' }),
    metricsAway: span.optional().meta({ description: 'The metrics do not answer for so long.' }),
    lose: side.optional().meta({ description: 'Instances of this version are lost.' }),
    instances: z.int().min(1).max(1000).optional().meta({ description: 'How many are lost. Default all.' }),
    restore: side.optional().meta({ description: 'All instances of this version are ready again.' }),
    traffic: trafficChangeWords.optional().meta({ description: 'From here on; what is not named stays.' }),
    weight: percent.optional().meta({ description: 'Somebody else writes this weight.' }),
    routerRestarts: percent.optional().meta({ description: 'The data plane starts anew, and carries this weight.' }),
    routeLatched: percent.optional().meta({
      description: 'The route has this weight and says that this release was taken back; no record tells of it.',
    }),
    controllerAway: span.optional().meta({ description: 'No controller looks for so long; then another one does.' }),
    newRevision: z.string().min(1).max(63).optional().meta({ description: 'A newer revision is started.' }),
  })
  .superRefine(exactlyOne([...orders, ...others]))
  .refine(({ lose, instances }) => instances === undefined || lose !== undefined, {
    path: ['instances'],
    error: 'says how many instances are lost; it stands beside lose',
  });

type EventWords = z.output<typeof eventWords>;

/** In the order of time. */
export const eventsFrom = (words: readonly EventWords[]): readonly TimedEvent[] =>
  words.flatMap(timed).toSorted((a, b) => a.atMs - b.atMs);

function timed(words: EventWords): readonly TimedEvent[] {
  const { at: atMs, controllerAway, instances, lose, metricsAway, newRevision, restore, traffic, weight } = words;
  const { routeLatched, routerRestarts, who = 'somebody' } = words;
  const one = (event: TimedEvent['event']): readonly TimedEvent[] => [{ atMs, event }];
  if (metricsAway !== undefined)
    return [
      { atMs, event: { kind: 'metrics', are: 'away' } },
      { atMs: atMs + metricsAway, event: { kind: 'metrics', are: 'back' } },
    ];
  if (lose !== undefined) return one({ kind: 'instances', of: lose, lost: instances ?? 'all' });
  if (restore !== undefined) return one({ kind: 'ready', of: restore });
  if (traffic !== undefined) return one({ kind: 'traffic', change: trafficChange(traffic) });
  if (weight !== undefined) return one({ kind: 'weight', weight });
  if (routerRestarts !== undefined) return one({ kind: 'router', is: 'restarted', weight: routerRestarts });
  if (routeLatched !== undefined) return one({ kind: 'router', is: 'latched', weight: routeLatched });
  if (controllerAway !== undefined) return one({ kind: 'controller', awayMs: controllerAway });
  if (newRevision !== undefined) return one({ kind: 'supersede', revision: newRevision });
  return orders.flatMap((order) => {
    const why = words[order];
    return why === undefined ? [] : one({ kind: 'order', order, who, reason: why });
  });
}
