/** What the account that asks may do in a namespace, as the API server's own reviews tell it. */
import { z } from 'zod';
import { ok, type Result } from '../lib/result.ts';
import type { KubeClient } from './client.ts';

export interface Right {
  /** Empty: the core group. */
  readonly group: string;
  /** Plural; a subresource after a slash. */
  readonly resource: string;
  readonly verb: string;
}

const words = z.array(z.string()).nullish();

const rulesReview = z.looseObject({
  status: z.looseObject({
    resourceRules: z
      .array(z.looseObject({ verbs: words, apiGroups: words, resources: words, resourceNames: words }))
      .nullish(),
  }),
});

const accessReview = z.looseObject({ status: z.looseObject({ allowed: z.boolean() }) });

type Rule = NonNullable<z.output<typeof rulesReview>['status']['resourceRules']>[number];

const reviews = '/apis/authorization.k8s.io/v1';

/** Those of the rights that the account does not have. One question for all of them, and one more for each that its answer leaves open. */
export async function rightsMissing(
  client: Pick<KubeClient, 'review'>,
  { namespace, rights }: { readonly namespace: string; readonly rights: readonly Right[] },
): Promise<Result<readonly Right[]>> {
  const kind = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectRulesReview' };
  const told = await client.review(`${reviews}/selfsubjectrulesreviews`, { ...kind, spec: { namespace } });
  const rules = told.ok ? (rulesReview.safeParse(told.value).data?.status.resourceRules ?? []) : [];
  const missing: Right[] = [];
  for (const right of rights.filter((each) => !rules.some((rule) => allows(rule, each)))) {
    // Not every way of authorizing can list what it allows.
    const allowed = await isAllowed(client, namespace, right);
    if (!allowed.ok) return allowed;
    if (!allowed.value) missing.push(right);
  }
  return ok(missing);
}

function allows({ verbs, apiGroups, resources, resourceNames }: Rule, { group, resource, verb }: Right): boolean {
  const has = (list: readonly string[] | null | undefined, word: string): boolean =>
    list?.some((each) => each === word || each === '*') === true;
  return (resourceNames ?? []).length === 0 && has(verbs, verb) && has(apiGroups, group) && has(resources, resource);
}

async function isAllowed(
  client: Pick<KubeClient, 'review'>,
  namespace: string,
  { group, resource: word, verb }: Right,
): Promise<Result<boolean>> {
  const [resource = '', subresource = ''] = word.split('/');
  const kind = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview' };
  const resourceAttributes = { namespace, group, resource, subresource, verb };
  const told = await client.review(`${reviews}/selfsubjectaccessreviews`, { ...kind, spec: { resourceAttributes } });
  return told.ok ? ok(accessReview.safeParse(told.value).data?.status.allowed === true) : told;
}
