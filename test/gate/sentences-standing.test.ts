/** What the gate says of where a release stands: word for word, for people decide by it. */
import { describe, expect, it } from 'vitest';
import type { Facts } from '../../src/gate/facts.ts';
import { decide } from '../../src/gate/gate.ts';
import { inPhase, phases, someFacts, startMs } from '../support/a-release.ts';
import { minutes, withWeight } from '../support/interventions.ts';

type Said = readonly [reason: string, facts: Facts, message: string];

const baking = inPhase(phases.baking);
const preparing = inPhase(phases.preparing);
const shifting = inPhase(phases.shifting);
const promoting = inPhase(phases.promoting);
const healthy = someFacts(baking).canary;

const fewReady = { ...healthy, ready: 1, enough: false };

const stableGone = { ...healthy, ready: 0, enough: false };

const standing: readonly Said[] = [
  [
    'Watching',
    someFacts(inPhase({ ...phases.watching, watchedMs: minutes(30) })),
    'v2 is stable; a breach in the next 1h30m still takes it back.',
  ],
  ['RollingBack', someFacts(inPhase(phases.rollingBack)), 'v1 gets everything back. error_rate 5 %.'],
  [
    'RollingBack',
    someFacts({ ...inPhase(phases.rollingBack), stableRevision: null }),
    'Nobody gets everything back. error_rate 5 %.',
  ],
  [
    'RollingBack',
    someFacts(inPhase(phases.rollingBack), { stable: { ...stableGone, known: false } }),
    'v1 gets everything back. error_rate 5 %.',
  ],
  [
    'RollingBack',
    someFacts(inPhase({ ...phases.rollingBack, zeroAtMs: startMs }), { stable: stableGone }),
    'v1 gets everything back. error_rate 5 %.',
  ],
  [
    'StableNotReady',
    someFacts(inPhase(phases.rollingBack), { stable: stableGone }),
    "No instance of v1 is ready to take v2's traffic back: it is started, and gets everything with its first ready one. Look at it now.",
  ],
  [
    'StableNotReady',
    someFacts({ ...inPhase(phases.rollingBack), stableRevision: null }, { stable: stableGone }),
    "No instance of stable is ready to take v2's traffic back: it is started, and gets everything with its first ready one. Look at it now.",
  ],
  ['Finished', someFacts(inPhase(phases.succeeded)), 'v2 was promoted and has passed its watch.'],
  ['Finished', someFacts(inPhase(phases.rolledBack)), 'error_rate 5 %.'],
  ['Finished', someFacts(inPhase(phases.failed)), 'error_rate 5 %.'],
  ['Promoting', someFacts(promoting), "Stable's backend becomes v2, then the weight goes to 0."],
  [
    'PromotionStalled',
    someFacts(inPhase({ ...phases.promoting, spentMs: minutes(10) })),
    'Promotion of v2 is not done after 10m. Look at router and instances; abort takes it back.',
  ],
  [
    'WeightLowered',
    someFacts(withWeight(promoting, { ceiling: 50 })),
    'Somebody lowered the weight to 50 % while v2 was being promoted. Resume promotes it, abort takes it back.',
  ],
  ['StartingInstances', someFacts(baking, { canary: fewReady }), '1 of 4 instances of v2 are ready.'],
  [
    'InstanceFailed',
    someFacts(baking, { canary: { ...fewReady, trouble: 'deploy on web2 failed.' } }),
    '1 of 4 instances of v2 are ready. One of them: deploy on web2 failed.',
  ],
  [
    'InstanceFailed',
    someFacts(promoting, { canary: { ...fewReady, trouble: 'promote on web2 failed' } }),
    '1 of 4 instances of v2 are ready. One of them: promote on web2 failed.',
  ],
  [
    'Promoting',
    someFacts(promoting, { canary: fewReady }),
    "1 of 4 instances of v2 are ready. Then stable's backend becomes v2.",
  ],
  [
    'StartingInstances',
    someFacts(preparing, { canary: { ...healthy, known: false, ready: 0, wanted: 0 } }),
    '0 of 0 instances of v2 are ready.',
  ],
  [
    'RouteUnknown',
    someFacts(baking, { route: { fresh: false, applied: 25, problem: 'no answer', writer: null } }),
    "The route can't be read: no answer. Nothing is raised on an old reading.",
  ],
  [
    'RouteUnknown',
    someFacts(preparing, { route: { fresh: false, applied: 25, problem: null, writer: null } }),
    "The route can't be read. Nothing is raised on an old reading.",
  ],
  [
    'WeightNotApplied',
    someFacts(withWeight(shifting, { applied: 10 })),
    'Weight 25 % is decided, the router carries 10 %.',
  ],
  [
    'WeightNotApplied',
    someFacts(withWeight(baking, { applied: null })),
    'Weight 25 % is decided, the router carries nothing known %.',
  ],
  [
    'VerifyingShare',
    someFacts(inPhase({ ...phases.shifting, spentMs: 30_000 })),
    'Weight 25 % is applied; seen: 25.0 % of 1000 requests. The bake begins when they agree, or after 1m30s with too few requests to tell.',
  ],
  [
    'VerifyingShare',
    someFacts(
      withWeight(inPhase({ ...phases.shifting, spentMs: minutes(3) }), { observedPercent: null, observedRequests: 0 }),
    ),
    'Weight 25 % is applied; seen: no requests so far. The bake begins when they agree, or after 0s with too few requests to tell.',
  ],
  [
    'ShareDisagrees',
    someFacts(withWeight(inPhase({ ...phases.shifting, spentMs: minutes(3) }), { observedPercent: 40 })),
    'Weight 25 % is applied, but the canary gets 40.0 % of 1000 requests, more than 4.1 points off after 3m. Something else splits this traffic: look for it; the bake has not begun.',
  ],
  [
    'StillBaking',
    someFacts(inPhase({ ...phases.baking, bakedMs: minutes(8) })),
    '25 % bakes for another 2m; then 50 % if nothing objects.',
  ],
  [
    'StillBaking',
    someFacts({ ...inPhase({ ...phases.baking, bakedMs: minutes(8) }), mode: 'advise' }),
    '25 % bakes for another 2m; then 50 % by promote, if nothing objects.',
  ],
  [
    'StillBaking',
    someFacts(inPhase({ ...phases.baking, step: 2, bakedMs: minutes(8) })),
    '100 % bakes for another 22m; then it is promoted if nothing objects.',
  ],
];

describe.each(Object.entries({ standing }))('%s', (_name, cases) => {
  it.each(cases)('%s', (reason, facts, message) => {
    expect(decide(facts)).toMatchObject({ reason, message });
  });
});
