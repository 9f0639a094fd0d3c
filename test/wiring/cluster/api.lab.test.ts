/** The API of a controller in a cluster, and what the real API server says of tokens and rights: no mesh, no pods. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { KubernetesStore } from '../../../src/release/kubernetes-store.ts';
import { applyDefinitions } from '../../lab/apply-definitions.ts';
import { clientOf } from '../../lab/client-of.ts';
import { type JoinedLab, joinLab } from '../../lab/joined-lab.ts';
import { needsLab } from '../../lab/needs-lab.ts';
import { account } from '../../lab/person.ts';
import { type AtEnd, suiteEnd } from '../../support/at-end.ts';
import { documentedRoles, grant } from '../../support/documented-roles.ts';
import { eventually } from '../../support/eventually.ts';
import { getJson, postJson } from '../../support/http-server.ts';
import { bakingRelease } from '../../support/sample-release.ts';
import { startSluice } from '../../support/sluice-command.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** The release is looked after by nobody: an order is recorded, and that is what is asked for here. */
async function started(lab: JoinedLab, namespace: string, words: readonly string[], atEnd: AtEnd): Promise<string> {
  const settings = join(await tempDir(atEnd), 'settings.yaml');
  await writeFile(settings, 'sources: { pods: { scrape: { interval: 1s } } }');
  const kubeconfig = ['--namespace', namespace, '--kubeconfig', lab.kubeconfig('admin'), '--log-level', 'info'];
  const controller = startSluice(
    ['controller', '--settings', settings, '--listen', '127.0.0.1:0', ...kubeconfig, ...words],
    { atEnd },
  );
  let said = '';
  for (const stream of [controller.child.stdout, controller.child.stderr])
    stream?.on('data', (chunk: Buffer) => void (said += chunk.toString()));
  const address = () => /API at (http:\S+)/.exec(said)?.[1];
  await eventually(() => address() !== undefined, { withinMs: 60_000 }).catch((error: unknown) => {
    throw new Error(said, { cause: error });
  });
  return address() ?? '';
}

describe.runIf(await needsLab('bare'))('the API in a cluster', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;
  let namespace: string;
  let url: string;

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    await applyDefinitions(lab.api());
    namespace = await lab.namespace();
    const store = new KubernetesStore({ client: clientOf(lab, 'admin'), namespace, epoch: 1, holds: () => true });
    const saved = await store.save({ ...bakingRelease(), version: 0 }, []);
    if (!saved.ok) throw new Error(saved.error.message);
    url = await started(lab, namespace, [], atEnd);
  }, 300_000);

  const release = async (): Promise<string> =>
    (
      await lab
        .api()
        .get<{ readonly status: { readonly record: string } } & object>(
          `/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releases/app-3f2a`,
        )
    ).status.record;

  it('a viewer reads, an operator orders what their role says, and the name is the API server’s', async () => {
    const viewer = await account(lab, namespace, 'viewer');
    const operator = await account(lab, namespace, 'operator');
    const [viewing, operating] = await documentedRoles();
    if (viewing === undefined || operating === undefined) throw new Error('the page gives no two roles');
    await grant(lab, namespace, viewing, [viewer.subject]);
    await grant(lab, namespace, operating, [operator.subject]);
    const [eve, ada] = [await viewer.token('sluice'), await operator.token('sluice')];
    const order = { revision: 'v1.9.0', reason: 'a look', who: 'root' };
    const at = `${url}/api/v1/releases/app-3f2a`;

    expect(await getJson(at, eve)).toMatchObject({ status: 200, body: { id: 'app-3f2a', phase: 'baking' } });
    const refused = await postJson(`${at}/pause`, order, eve);
    expect(refused).toMatchObject({ status: 403, body: { reason: 'Forbidden' } });
    expect(refused.body.message).toContain('lacks verb "pause" on releasepolicies.sluice.dev "app"');
    expect(JSON.parse(await release()).pauses).toEqual([]);

    expect((await postJson(`${at}/pause`, order, ada)).status).toBe(200);
    const { pauses } = JSON.parse(await release());
    expect(pauses).toMatchObject([{ who: `system:serviceaccount:${namespace}:operator` }]);
    const past = await postJson(`${at}/override`, { ...order, gate: 'tests' }, ada);
    expect(past).toMatchObject({ status: 403 });
    expect(past.body.message).toContain('verb "override"');
    expect((await getJson(`${url}/api/v1/me`, ada)).body).toMatchObject({
      who: `system:serviceaccount:${namespace}:operator`,
      groups: expect.arrayContaining(['system:serviceaccounts']),
    });
    expect((await getJson(`${url}/api/v1/me`, eve)).body).toMatchObject({ rights: ['read'] });
    expect((await getJson(`${url}/metrics`, eve)).body).toMatchObject({ reason: 'Forbidden' });
  });

  it('a token for somebody else is refused, and so is none', async () => {
    const stranger = await account(lab, namespace, 'stranger');
    const at = `${url}/api/v1/releases`;
    const other = await getJson(at, await stranger.token('vault'));
    expect(other).toMatchObject({ status: 401, body: { reason: 'Unauthorized' } });
    expect((await getJson(at, { authorization: 'Bearer made-up' })).status).toBe(401);
    expect((await getJson(at)).status).toBe(401);
    expect((await getJson(at, await stranger.token('sluice'))).status).toBe(403);
    // A person's token is for the API server.
    expect((await getJson(at, { authorization: `Bearer ${lab.state.tokens.alice}` })).status).toBe(401);
  });
});
