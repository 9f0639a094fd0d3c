/** Who has a hand in a release of the lab's runbook: CI, Eve, Alice who also restores, and an Alertmanager that tells. */
import { expect } from 'vitest';
import type { ReleaseView } from '../../src/report/release-view.ts';
import type { JoinedLab } from '../lab/joined-lab.ts';
import { account } from '../lab/person.ts';
import type { AtEnd } from './at-end.ts';
import { documentedRoles, grant, grantMetrics } from './documented-roles.ts';
import { eventually } from './eventually.ts';
import { getJson, postJson } from './http-server.ts';
import type { OperatedService } from './operated-service.ts';

const patience = { withinMs: 180_000, everyMs: 100 };

/** Beside what the page's role for orders allows. */
const restoring = {
  metadata: { name: 'restorer' },
  rules: [{ apiGroups: ['sluice.dev'], resources: ['releasepolicies'], verbs: ['restore', 'override'] }],
};

/** What an Alertmanager needs to tell the controller's webhook. */
const telling = {
  metadata: { name: 'alert-teller' },
  rules: [{ apiGroups: ['sluice.dev'], resources: ['releasepolicies'], verbs: ['alert'] }],
};

/** Gives orders as objects, by her own kubeconfig. */
const alice = { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'alice' };

interface Place {
  readonly lab: JoinedLab;
  readonly atEnd: AtEnd;
}

/** Two people with the documented role, as the API of the controller knows them; one of them may go past a gate. */
export async function runbookPeople({ lab, atEnd }: Place, { namespace }: OperatedService, url: () => string) {
  const [ci, eve] = [await account(lab, namespace, 'ci'), await account(lab, namespace, 'eve')];
  const pager = await account(lab, namespace, 'pager');
  await grant(lab, namespace, telling, [pager.subject]);
  const [, operating] = await documentedRoles();
  if (operating === undefined) throw new Error('the page gives no role for orders');
  await grant(lab, namespace, operating, [ci.subject, eve.subject, alice]);
  await grant(lab, namespace, restoring, [alice, eve.subject]);
  await grantMetrics(lab, eve.subject, atEnd);
  const headers = {
    ...{ ci: await ci.token('sluice'), eve: await eve.token('sluice'), pager: await pager.token('sluice') },
  };
  const order = async (who: keyof typeof headers, path: string, body: object) => {
    // The same order twice has the effect of once.
    await eventually(async () => {
      const answer = await postJson(`${url()}/api/v1/${path}`, body, headers[who]);
      expect([path, answer.status, answer.body]).toEqual([path, 200, answer.body]);
      return true;
    }, patience);
  };
  const view = async (): Promise<ReleaseView | null> => {
    const listed = await getJson(`${url()}/api/v1/releases?active=true`, headers.eve);
    return (listed.body.releases as readonly ReleaseView[])[0] ?? null;
  };
  return { headers, order, view };
}
