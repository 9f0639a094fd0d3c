/** Whose fault it is: the total table from what both tests say, and how stable fares, to what follows. */

export type AbsoluteFinding = 'breach' | 'inside' | 'inconclusive';

/** `off`: can't run here (session affinity); `unused`: the rule compares with its limit alone. */
export type RelativeFinding = 'breach-at-3' | 'breach' | 'not' | 'inconclusive' | 'off' | 'unused';

/** How stable fares: by its traffic while it has some, else (100 %, watch) by its baseline and its probes. */
export type Surroundings =
  | 'inside'
  | 'outside'
  /** Outside now, inside before this step, and it began shortly after a weight was raised. */
  | 'outside-after-rise'
  /** No traffic; inside while the traffic was split, and its pods pass their probes. */
  | 'idle-healthy'
  /** No traffic; its probes fail in the same way. */
  | 'idle-failing'
  /** No traffic, and pods gone or no baseline. */
  | 'idle-unknown';

export type Ruling =
  | 'rollback'
  | 'rollback-shared'
  | 'environment'
  | 'await-relative'
  | 'worse-than-stable'
  | 'worse-within-limit'
  | 'nothing-wrong'
  | 'inconclusive';

type Row = Readonly<Record<Surroundings, Ruling>>;

const always = (ruling: Ruling): Row => ({
  inside: ruling,
  outside: ruling,
  'outside-after-rise': ruling,
  'idle-healthy': ruling,
  'idle-failing': ruling,
  'idle-unknown': ruling,
});

const breachedAlone: Row = {
  inside: 'await-relative',
  outside: 'environment',
  'outside-after-rise': 'rollback-shared',
  'idle-healthy': 'rollback',
  'idle-failing': 'environment',
  'idle-unknown': 'rollback',
};

const table: Readonly<Record<AbsoluteFinding, Readonly<Record<RelativeFinding, Row>>>> = {
  breach: {
    'breach-at-3': always('rollback'),
    breach: always('rollback'),
    not: breachedAlone,
    inconclusive: breachedAlone,
    // The relative test will never come to help: the limit alone decides while stable is fine.
    off: { ...breachedAlone, inside: 'rollback' },
    unused: always('rollback'),
  },
  inside: {
    'breach-at-3': always('worse-than-stable'),
    breach: always('worse-within-limit'),
    not: always('nothing-wrong'),
    inconclusive: always('nothing-wrong'),
    off: always('nothing-wrong'),
    unused: always('nothing-wrong'),
  },
  inconclusive: {
    'breach-at-3': always('inconclusive'),
    breach: always('inconclusive'),
    not: always('inconclusive'),
    inconclusive: always('inconclusive'),
    off: always('inconclusive'),
    unused: always('inconclusive'),
  },
};

export interface Findings {
  readonly absolute: AbsoluteFinding;
  readonly relative: RelativeFinding;
  readonly surroundings: Surroundings;
}

export const attribute = ({ absolute, relative, surroundings }: Findings): Ruling =>
  table[absolute][relative][surroundings];
