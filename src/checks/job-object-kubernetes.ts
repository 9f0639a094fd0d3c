/** The Job that answers one question: made from a CronJob's template, named after the question, so that whoever takes over finds it. */
import { z } from 'zod';
import type { KubeObject } from '../kube/object.ts';
import { contentHash } from '../lib/content-hash.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { JobAskSpec } from '../release/check-spec.ts';
import type { Question } from './checks.ts';

/** Of the question that a Job answers. */
export const questionNote = 'sluice.dev/question';

/** A successor that is late by no more than this still reads the answer. */
const keptSeconds = 86_400;

const container = z.looseObject({
  name: z.string(),
  env: z.array(z.looseObject({ name: z.string() })).optional(),
});

const marks = z
  .looseObject({
    labels: z.record(z.string(), z.string()).optional(),
    annotations: z.record(z.string(), z.string()).optional(),
  })
  .optional();

const cronJob = z.looseObject({
  spec: z.looseObject({
    jobTemplate: z.looseObject({
      metadata: marks,
      spec: z.looseObject({
        activeDeadlineSeconds: z.number().optional(),
        template: z.looseObject({
          metadata: marks,
          spec: z.looseObject({ containers: z.array(container).min(1), initContainers: z.array(container).optional() }),
        }),
      }),
    }),
  }),
});

/** The same for every controller that asks this question. */
export const jobName = ({ check, id }: Pick<Question, 'check' | 'id'>): string =>
  `${check
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40)}-${contentHash(id)}`;

/** Of the try before this one, whose Job has nothing more to say; null: this is the first. */
export function nameBefore({ check, id }: Question): string | null {
  const [, head = '', attempt = '1'] = /^(.*)\/(\d+)$/.exec(id) ?? [];
  return Number(attempt) > 1 ? jobName({ check, id: `${head}/${Number(attempt) - 1}` }) : null;
}

export interface Making {
  readonly question: Question;
  readonly spec: JobAskSpec;
  /** Of the release, or of the policy where the question is about none: the Job goes with it. */
  readonly ownerUid: string;
}

/** Below the namespace. */
export const ownerPath = ({ policy, release }: Pick<Question, 'policy' | 'release'>): string =>
  release === '' ? `releasepolicies/${policy}` : `releases/${release}`;

/** The cluster ends it at its deadline, whether or not a controller is there. Fails with a sentence. */
export function jobOf(from: KubeObject, making: Making): Result<object, string> {
  const read = cronJob.safeParse(from);
  if (!read.success) return failed(`CronJob ${making.spec.cronJob} has no template with a container`);
  const { metadata, spec } = read.data.spec.jobTemplate;
  const { selector: _selector, manualSelector: _manual, template, ...rest } = spec;
  const seconds = Math.ceil(making.spec.timeoutMs / 1_000);
  const { containers, initContainers = [], ...pod } = template.spec;
  const { question } = making;
  return ok({
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(question),
      labels: { ...foreign(metadata?.labels), 'app.kubernetes.io/managed-by': 'sluice' },
      annotations: {
        ...foreign(metadata?.annotations),
        [questionNote]: question.id,
        'sluice.dev/made-from': `CronJob ${making.spec.cronJob}`,
      },
      ownerReferences: [ownerOf(question, making.ownerUid)],
    },
    spec: {
      ...rest,
      backoffLimit: making.spec.retries,
      activeDeadlineSeconds: Math.min(seconds, rest.activeDeadlineSeconds ?? seconds),
      ttlSecondsAfterFinished: keptSeconds,
      template: {
        ...template,
        metadata: { labels: foreign(template.metadata?.labels), annotations: foreign(template.metadata?.annotations) },
        spec: {
          ...pod,
          containers: containers.map((each) => knowing(each, question)),
          ...(initContainers.length === 0
            ? {}
            : { initContainers: initContainers.map((each) => knowing(each, question)) }),
        },
      },
    },
  });
}

const ownerOf = ({ policy, release }: Question, uid: string): object => ({
  apiVersion: 'sluice.dev/v1alpha1',
  ...(release === '' ? { kind: 'ReleasePolicy', name: policy } : { kind: 'Release', name: release }),
  ...{ uid, controller: false, blockOwnerDeletion: false },
});

/** By Sluice's own marks its pods would be taken for those of a revision. */
const foreign = (all: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(all).filter(([key]) => !key.startsWith('sluice.dev/')));

const mostAddresses = 10;

/** What a hook is told in its address or its event, a Job is told in its environment. */
function knowing(given: z.output<typeof container>, question: Question): object {
  const told: Readonly<Record<string, string>> = {
    SLUICE_ID: question.id,
    SLUICE_CHECK: question.check,
    SLUICE_STAGE: question.stage,
    SLUICE_RELEASE: question.release,
    SLUICE_POLICY: question.policy,
    SLUICE_NAMESPACE: question.namespace,
    SLUICE_REVISION: question.revision,
    SLUICE_STABLE_REVISION: question.stableRevision ?? '',
    SLUICE_WEIGHT: String(question.weight),
    SLUICE_CANARY: (question.canary ?? []).slice(0, mostAddresses).join(' '),
    SLUICE_STABLE: (question.stable ?? []).slice(0, mostAddresses).join(' '),
  };
  const own = (given.env ?? []).filter(({ name }) => told[name] === undefined);
  return { ...given, env: [...own, ...Object.entries(told).map(([name, value]) => ({ name, value }))] };
}
