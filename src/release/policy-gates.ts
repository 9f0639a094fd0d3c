/** `gates`: what must be so before a release's first traffic, besides approvals. */
import { z } from 'zod';
import { duration } from '../lib/config-file/duration-schema.ts';
import { exactlyOne } from '../lib/config-file/exactly-one.ts';
import type { CheckSpec } from './check-spec.ts';
import { type GateDemand, type Requirement, rollbackPointName } from './gate-demand.ts';
import { checkName, noneTwice } from './policy-approvals.ts';
import { gateCheck, jobFrom, jobWords } from './policy-checks.ts';
import { comparisonWords, limitFrom } from './policy-comparison.ts';
import { plainText } from './policy-fields.ts';
import { queryWords, type ReadingScene, targetsWords, untoldTargets } from './policy-gate-readings.ts';
import { type HookScene, httpFrom, httpWords } from './policy-hook.ts';

export const valueName = z.string().regex(/^[A-Za-z][\w.-]{0,62}$/, 'is no name of a number');

const dayMs = 86_400_000;

const people = z.array(plainText).min(1).max(50);

const shared = {
  name: checkName,
  attested: z
    .record(valueName, comparisonWords)
    .optional()
    .meta({ description: 'A result of that name was posted for the revision, says pass, and has these numbers.' }),
  check: z.enum(['stable', 'monitoring', 'onCall', 'backup']).optional(),
  maxAge: duration({ minMs: 60_000, maxMs: 90 * 86_400_000 })
    .optional()
    .meta({ description: 'Of the newest verified backup, for check: backup. Default 24h.' }),
  by: people.optional().meta({ description: 'Whose results count. Default: whoever may give orders.' }),
  overrideBy: people.optional().meta({ description: 'Who may go without it. Default: whoever may give orders.' }),
} as const;

interface Whose {
  readonly attested?: unknown;
  readonly by?: unknown;
  readonly image?: { readonly attested?: unknown } | undefined;
}

const isForAttested = ({ attested, by, image }: Whose): boolean =>
  by === undefined || attested !== undefined || image?.attested !== undefined;

const onlyAttested = { error: 'is for attested results only', path: ['by'] };

const isForMonitoring = ({ check, targets }: { readonly check?: unknown; readonly targets?: unknown }): boolean =>
  targets === undefined || check === 'monitoring';

const onlyMonitoring = { error: 'is for check: monitoring only', path: ['targets'] };

interface Aged {
  readonly check?: unknown;
  readonly maxAge?: unknown;
}

const isForBackup = ({ check, maxAge }: Aged): boolean => maxAge === undefined || check === 'backup';

const onlyBackup = { error: 'is for check: backup only', path: ['maxAge'] };

const isNoOther = ({ name }: { readonly name: string }): boolean => name !== rollbackPointName;

const itsName = { error: 'is the name of the gate that comes with spec.backup', path: ['name'] };

const hooks = {
  http: httpWords.optional().meta({ description: 'A hook that answers; asked again until it passes.' }),
  job: jobWords.optional(),
};

/** Of the pods' own template; what the cluster adds to it is nobody's to attest. */
const imageWords = z.strictObject({
  attested: checkName.optional().meta({
    description:
      'Name of a result with the digests that were built: `sluice attest app NAME --pass --digest sha256:...`.',
  }),
  containers: z
    .array(plainText)
    .min(1)
    .max(50)
    .optional()
    .meta({ description: 'Names of the containers that count. Default: all, and those that run before them.' }),
});

const more = {
  query: queryWords.optional().meta({ description: 'A number of a Prometheus that keeps a limit: room, a quota.' }),
  image: imageWords.optional().meta({ description: 'In a cluster: every image is named by its digest.' }),
  targets: targetsWords.optional().meta({ description: 'Scrape targets that have to be up, for check: monitoring.' }),
};

const gateWords = z
  .strictObject({ ...shared, ...hooks, ...more })
  .superRefine(exactlyOne(['attested', 'check', 'http', 'image', 'job', 'query']))
  .refine(isForAttested, onlyAttested)
  .refine(isForBackup, onlyBackup)
  .refine(isForMonitoring, onlyMonitoring)
  .refine(isNoOther, itsName);

export const gatesWords = z.array(gateWords).max(50).superRefine(noneTwice);

const requirementOf = ([value, text]: readonly [string, string]): Requirement => ({ value, ...limitFrom(text) });

type GateWords = z.output<typeof gatesWords>;

/** Gates that ask somebody outside are checks that stand among the gates. */
export const hookGates = (words: GateWords, scene: HookScene): readonly CheckSpec[] =>
  words.flatMap(({ http, job, ...named }) => [
    ...(http === undefined ? [] : [gateCheck(named, httpFrom(http, scene))]),
    ...(job === undefined ? [] : [gateCheck(named, jobFrom(job))]),
  ]);

/** What else is known where the policy was read. */
export interface GateScene extends ReadingScene {
  /** Whom to call first. */
  readonly contacts: readonly string[];
}

export const gatesFrom = (words: GateWords, scene: GateScene): readonly GateDemand[] =>
  words
    .filter(({ http, job, query }) => http === undefined && job === undefined && query === undefined)
    .map((each) => gateFrom(each, scene));

function gateFrom(words: GateWords[number], scene: GateScene): GateDemand {
  const { name, attested, by = [], check, image, maxAge = dayMs, overrideBy = [] } = words;
  const named = { name, overrideBy };
  if (attested !== undefined)
    return { ...named, kind: 'attested', by, require: Object.entries(attested).map(requirementOf) };
  if (image !== undefined)
    return { ...named, kind: 'image', by, attested: image.attested ?? null, containers: image.containers ?? [] };
  if (check === 'backup') return { ...named, kind: check, maxAgeMs: maxAge };
  if (check === 'stable') return { ...named, kind: check };
  if (check !== 'monitoring') return { ...named, kind: 'onCall', contacts: scene.contacts };
  const untold = untoldTargets(words, scene);
  return { ...named, kind: check, ...(untold === null ? {} : { untold }) };
}
