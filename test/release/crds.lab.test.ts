/** The definitions of Sluice's objects on a real API server, by kubectl as people use it. */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { clientOf } from '../lab/client-of.ts';
import { type JoinedLab, joinLab } from '../lab/joined-lab.ts';
import { needsLab } from '../lab/needs-lab.ts';
import { fileOf } from '../lab/parts/parts.ts';
import { suiteEnd } from '../support/at-end.ts';
import { aClusterSpec } from '../support/cluster-policy.ts';
import { eventually } from '../support/eventually.ts';
import { must } from '../support/proxy.ts';
import { tempDir } from '../support/temp-dir.ts';

const run = promisify(execFile);

const policy = (spec: object, name = 'app'): object => ({
  apiVersion: 'sluice.dev/v1alpha1',
  kind: 'ReleasePolicy',
  metadata: { name },
  spec,
});

/** What kubectl said when it failed. */
const refusal = (thrown: unknown): string => (thrown as { readonly stderr: string }).stderr;

describe.runIf(await needsLab('bare'))('on a real API server', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;
  let namespace: string;
  /** What `sluice crds` prints. */
  let definitions: string;

  /** Answers what it printed, on either stream. */
  const kubectl = async (...words: string[]): Promise<string> => {
    const args = [`--kubeconfig=${lab.kubeconfig('admin')}`, ...words];
    const { stdout, stderr } = await run(fileOf('kubernetes', 'kubectl'), args, { timeout: 60_000 });
    return stdout + stderr;
  };

  const inFile = async (content: string): Promise<string> => {
    const file = join(await tempDir(), 'object.yaml');
    await writeFile(file, content);
    return file;
  };

  const apply = async (object: object, ...words: string[]): Promise<string> =>
    kubectl('apply', '-n', namespace, '-f', await inFile(JSON.stringify(object)), ...words);

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    namespace = await lab.namespace();
    const client = clientOf(lab, 'admin');
    definitions = (await run(process.execPath, ['--disable-warning=ExperimentalWarning', 'src/main.ts', 'crds']))
      .stdout;
    const folder = await tempDir(atEnd);
    await writeFile(join(folder, 'crds.yaml'), definitions);
    // Three ways, by the server, and back: whoever applied them last, the next one can.
    for (const words of [[], ['--server-side'], []]) await kubectl('apply', '-f', join(folder, 'crds.yaml'), ...words);
    await eventually(async () => (await client.list('/apis/sluice.dev/v1alpha1/releases')).ok);
  });

  it('are established, and applied again change nothing', async () => {
    const file = await inFile(definitions);
    const kinds = ['releasepolicies', 'releases', 'releaseorders'].map((kind) => `crd/${kind}.sluice.dev`);
    await kubectl('wait', '--for=condition=Established', ...kinds, '--timeout=30s');
    const { conditions } = await conditionsOf('releasepolicies.sluice.dev');
    expect(conditions.filter(({ type, status }) => type === 'NonStructuralSchema' && status === 'True')).toEqual([]);
    const again = await kubectl('apply', '-f', file);
    expect(again.match(/unchanged/g)).toHaveLength(5);
  });

  const conditionsOf = async (name: string) => {
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${name}`;
    const { status } = must(await clientOf(lab, 'admin').get(path));
    return status as { readonly conditions: readonly { readonly type: string; readonly status: string }[] };
  };

  it('take a policy by three-way and by server-side apply, and keep all of it', async () => {
    expect(await apply(policy(aClusterSpec))).toContain('created');
    expect(await apply(policy(aClusterSpec))).toContain('unchanged');
    expect(await apply(policy(aClusterSpec), '--server-side', '--force-conflicts')).toContain('serverside-applied');
    const path = `/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releasepolicies/app`;
    expect(must(await clientOf(lab, 'admin').get(path))['spec']).toEqual(aClusterSpec);
  });

  it.each([
    [
      'steps that fall',
      {
        plan: {
          steps: [
            { weight: 50, bake: '1m' },
            { weight: 25, bake: '1m' },
            { weight: 100, bake: '1m' },
          ],
        },
      },
      'the weights of the steps must rise',
    ],
    [
      'a step twice',
      {
        plan: {
          steps: [
            { weight: 50, bake: '1m' },
            { weight: 50, bake: '1m' },
            { weight: 100, bake: '1m' },
          ],
        },
      },
      'the weights of the steps must rise',
    ],
    ['a last step below 100', { plan: { steps: [{ weight: 50, bake: '1m' }] } }, 'the last step must have weight 100'],
    ['limits that cross', { plan: { blindFor: '1h', blindMax: '30m' } }, 'blindFor is longer than blindMax'],
    ['no traffic', { traffic: {} }, 'needs exactly one of istio, gatewayApi, traefik, jsonPatch'],
    [
      'two kinds of backends',
      { traffic: { istio: { ...aClusterSpec.traffic.istio, subsets: { host: 'a', stable: 'b', canary: 'c' } } } },
      'needs exactly one of services, subsets',
    ],
    ['no rules', { rules: {} }, 'needs exactly one of configMap, inline'],
    ['a duration without a unit', { plan: { readyWithin: '300' } }, 'spec.plan.readyWithin'],
    ['a word that nobody knows', { plan: { stepz: [] } }, 'unknown field "spec.plan.stepz"'],
  ])('refuse %s, and say why', async (_what, change, message) => {
    const refused = await apply(policy({ ...aClusterSpec, ...change }, 'wrong')).catch(refusal);
    expect(refused).toContain(message);
  });

  it('show where a release stands, let people wait for it, and hold it to its revision', async () => {
    const release = {
      apiVersion: 'sluice.dev/v1alpha1',
      kind: 'Release',
      metadata: { name: 'app-1' },
      spec: { policy: 'app', revision: 'v2' },
    };
    await apply(release);
    const client = clientOf(lab, 'admin');
    const path = `/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releases/app-1`;
    const condition = {
      type: 'Ready',
      status: 'True',
      lastTransitionTime: '2026-01-15T12:00:00Z',
      reason: 'Succeeded',
      message: 'done',
    };
    const status = {
      phase: 'succeeded',
      step: '3/3',
      weight: { desired: 0, applied: 0, observed: 49.2 },
      verdict: 'pass',
      message: 'all is well',
      conditions: [condition],
    };
    must(await client.patch(`${path}/status`, { type: 'merge', body: { status } }));
    const table = await kubectl('get', 'rel', '-n', namespace);
    expect(table.split('\n')[0]?.split(/\s+/).filter(Boolean)).toEqual([
      'NAME',
      'PHASE',
      'STEP',
      'WEIGHT',
      'OBSERVED',
      'VERDICT',
      'MESSAGE',
      'AGE',
    ]);
    expect(table.split('\n')[1]).toMatch(/^app-1 +succeeded +3\/3 +0 +49.2 +pass +all is well +/);
    expect(await kubectl('wait', '-n', namespace, '--for=condition=Ready', 'release/app-1', '--timeout=5s')).toContain(
      'condition met',
    );
    expect(await kubectl('describe', '-n', namespace, 'release/app-1')).toContain('all is well');
    expect(await kubectl('get', 'sluice', '-n', namespace, '-o', 'name')).toContain('release.sluice.dev/app-1');
    const other = { ...release, spec: { ...release.spec, revision: 'v3' } };
    expect(await apply(other).catch(refusal)).toContain('a release is of one revision');
    expect(must(await client.get(path))['status']).toEqual(status);
    expect(await kubectl('delete', '-n', namespace, 'release/app-1')).toContain('deleted');
  });
});
