/** The gate on images: pinned by digest, and those that were attested. */
import { expect, it } from 'vitest';
import { imageSeen, imagesOf } from '../../src/gate/image-seen.ts';
import type { Attestation } from '../../src/release/attestation.ts';
import { aRelease, startMs } from '../support/a-release.ts';

const digest = (char: string): string => `sha256:${char.repeat(64)}`;
const app = { container: 'app', image: `shop/app@${digest('a')}` };
const agent = { container: 'agent', image: `ops/agent:v3@${digest('b')}` };
const tagged = { container: 'app', image: 'shop/app:v2' };

const built = (given: Partial<Attestation> = {}): Attestation => ({
  ...{ name: 'build', revision: 'v2', outcome: 'pass', values: {}, digests: [digest('a')] },
  ...{ who: 'ci', caller: 'ci', reason: '', atMs: startMs },
  ...given,
});

const pinned = { kind: 'image', name: 'image', overrideBy: [], attested: null, by: [], containers: [] } as const;
const byBuild = { ...pinned, attested: 'build', by: ['ci'] };

it.each([
  ['by tag', pinned, [tagged], [], 'failed', 'not pinned by digest: app (shop/app:v2)'],
  ['one of two by tag', pinned, [app, { ...agent, image: 'ops/agent' }], [], 'failed', 'agent (ops/agent)'],
  [
    'pinned',
    pinned,
    [app, agent],
    [],
    'passed',
    'pinned by digest: app sha256:aaaaaaaaaaaa, agent sha256:bbbbbbbbbbbb',
  ],
  ['not known', pinned, null, [], 'waiting', 'the images of v2 are not known'],
  ['a container that is not there', { ...pinned, containers: ['web'] }, [app], [], 'failed', 'v2 has no container web'],
  ['not attested yet', byBuild, [app], [], 'waiting', 'no result build was posted for v2'],
  ['by tag, attested', byBuild, [tagged], [built()], 'failed', 'not pinned by digest'],
  ['attested', byBuild, [app], [built()], 'passed', 'pinned and attested: app sha256:aaaaaaaaaaaa; posted by ci'],
  [
    'another one attested',
    byBuild,
    [app],
    [built({ digests: [digest('c')] })],
    'failed',
    'deployed is app sha256:aaaaaaaaaaaa, attested is sha256:cccccccccccc; posted by ci',
  ],
  ['attested without digests', byBuild, [app], [built({ digests: [] })], 'failed', 'attested is no digest'],
  ['attested as failed', byBuild, [app], [built({ outcome: 'fail' })], 'failed', 'build says fail'],
  ['attested by somebody', byBuild, [app], [built({ caller: 'bob', who: 'bob' })], 'waiting', 'counts from ci only'],
  ['a part that is not attested', byBuild, [app, agent], [built()], 'failed', 'deployed is agent'],
  ['the part that counts', { ...byBuild, containers: ['app'] }, [app, agent], [built()], 'passed', 'app sha256:aaaa'],
] as const)('%s', (_name, demand, images, attested, state, evidence) => {
  const seen = imageSeen(demand, aRelease(), { attested, images });
  expect(seen).toMatchObject({ state, evidence: expect.stringContaining(evidence) });
  expect(seen.todo === '').toBe(state === 'passed');
});

it('is told by the template that is delivered, and not by processes', () => {
  const of = (container: string, image: string) => ({ name: container, image });
  const template = { spec: { initContainers: [of('migrate', 'm:1')], containers: [of('app', 'a:1')] } };
  expect(imagesOf({ kind: 'pods', template, config: [], replicas: 1 })).toEqual([
    { container: 'migrate', image: 'm:1' },
    { container: 'app', image: 'a:1' },
  ]);
  expect(imagesOf({ kind: 'endpoints', urls: [], healthPath: null })).toBeNull();
});
