import { describe, expect, it } from 'vitest';
import type { Series } from '../../src/metrics/series.ts';
import { type BackendOf, ShareTally } from '../../src/reconcile/share-tally.ts';

const backendOf: BackendOf = ({ labels }) =>
  labels['to'] === 'canary' || labels['to'] === 'stable' ? labels['to'] : null;

type Told = readonly (readonly [second: number, value: number])[];

const counter = (to: string, told: Told, instance = 'gateway-1'): Series => ({
  metric: 'requests_total',
  labels: { to, instance },
  samples: told.map(([second, value]) => ({ atMs: second * 1_000, value })),
});

const counted = (...answers: readonly (readonly Series[])[]) => {
  const tally = new ShareTally(10_000);
  for (const answer of answers) tally.take(answer, backendOf);
  return tally.sent;
};

describe('requests since the weights were written', () => {
  it.each<[string, readonly (readonly Series[])[], [canary: number, stable: number]]>([
    ['nothing was told', [], [0, 0]],
    [
      'what was counted before is no part of it',
      [
        [
          counter('stable', [
            [8, 5],
            [9, 70],
            [10, 100],
            [12, 160],
          ]),
        ],
      ],
      [0, 60],
    ],
    [
      'a first sample is where counting begins',
      [[counter('canary', [[11, 40]]), counter('stable', [[11, 900]])]],
      [0, 0],
    ],
    [
      'answers that overlap count once',
      [
        [
          counter('stable', [
            [10, 0],
            [11, 5],
          ]),
        ],
        [
          counter('stable', [
            [11, 5],
            [12, 9],
          ]),
        ],
      ],
      [0, 9],
    ],
    [
      'a counter that its process had not shown before counts whole',
      [[counter('stable', [[10, 50]])], [counter('stable', [[11, 80]]), counter('canary', [[11, 10]])]],
      [10, 30],
    ],
    [
      'in one answer, too',
      [
        [
          counter('stable', [
            [10, 50],
            [11, 80],
          ]),
          counter('canary', [[11, 10]]),
        ],
      ],
      [10, 30],
    ],
    [
      'a process that was not seen before counts from then on',
      [
        [
          counter('stable', [
            [10, 50],
            [11, 60],
          ]),
          counter(
            'canary',
            [
              [11, 500],
              [12, 501],
            ],
            'gateway-2',
          ),
        ],
      ],
      [1, 10],
    ],
    [
      'a process that starts anew begins at nothing',
      [
        [
          counter('stable', [
            [10, 50],
            [11, 60],
            [12, 3],
          ]),
        ],
      ],
      [0, 13],
    ],
    [
      'several processes add up',
      [
        [
          counter('canary', [
            [10, 0],
            [11, 4],
          ]),
          counter(
            'canary',
            [
              [10, 7],
              [11, 8],
            ],
            'gateway-2',
          ),
        ],
      ],
      [5, 0],
    ],
    [
      'what is neither version counts for none',
      [
        [
          counter('elsewhere', [
            [10, 0],
            [11, 4],
          ]),
        ],
      ],
      [0, 0],
    ],
    [
      'no number is no count',
      [
        [
          counter('canary', [
            [10, 0],
            [11, Number.NaN],
            [12, 4],
          ]),
        ],
      ],
      [4, 0],
    ],
  ])('%s', (_what, answers, [canary, stable]) => {
    expect(counted(...answers)).toEqual({ canary, stable });
  });

  it('forgets the oldest thousand once there are two thousand newer ones, so that a mesh that came late is believed', () => {
    const tally = new ShareTally(0);
    const at = (second: number, canary: number, stable: number): void =>
      tally.take([counter('canary', [[second, canary]]), counter('stable', [[second, stable]])], backendOf);
    at(0, 0, 0);
    at(1, 0, 5_000);
    expect(tally.sent).toEqual({ canary: 0, stable: 5_000 });
    at(2, 250, 5_750);
    expect(tally.sent).toEqual({ canary: 250, stable: 750 });
    at(3, 300, 5_900);
    expect(tally.sent).toEqual({ canary: 300, stable: 900 });
  });
});
