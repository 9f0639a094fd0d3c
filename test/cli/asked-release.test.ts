/** Which release a policy's name means where its Deployment asks: never one that came of something else. */
import { describe, expect, it } from 'vitest';
import { askedRelease } from '../../src/cli/asked-release.ts';
import { failed, ok } from '../../src/lib/result.ts';
import type { AskedFor } from '../../src/report/policy-summary.ts';
import type { ReleaseView } from '../../src/report/release-view.ts';

const known = (revision: string, pending: string | null = null): AskedFor => ({ kind: 'known', revision, pending });

const aRelease = (revision: string): ReleaseView => ({ id: `app-${revision}`, policy: 'app', revision }) as ReleaseView;

/** A controller whose releases went in that order, the newest first. */
const controller = (asked: AskedFor | null, revisions: readonly string[], more: object = {}) => {
  const policy = {
    name: 'app',
    namespace: 'shop',
    file: 'app',
    stable: 'v1',
    previous: null,
    frozen: [],
    problem: null,
  };
  const views = revisions.map(aRelease);
  return {
    policies: async ({ name }: { readonly name?: string } = {}) =>
      ok(name === undefined || name === 'app' ? [{ ...policy, asked, ...more }] : []),
    releases: async () => ok(views),
    release: async (name: string) => {
      const found = views.find(({ id, policy: of }) => id === name || of === name);
      return found === undefined
        ? failed({ reason: 'NotFound', message: `no release or policy ${name}`, retryable: false })
        : ok(found);
    },
  };
};

const meant = async (...given: Parameters<typeof controller>) => {
  const found = await askedRelease(controller(...given), 'app');
  if (!found.ok) return found.error.message;
  return found.value.kind === 'release' ? found.value.view.id : found.value;
};

describe('a policy whose Deployment asks', () => {
  it.each([
    ['the newest, where that came of it', known('v2'), ['v2', 'v0'], 'app-v2'],
    ['an older one, where the revision was released before', known('v0'), ['v2', 'v0'], 'app-v0'],
    ['nothing yet', known('v3', 'v3 is asked for'), ['v2'], { kind: 'pending', why: 'v3 is asked for' }],
    ['nothing, where it is stable and another came after', known('v1'), ['v2', 'v1'], { kind: 'stable' }],
    ['nothing, where it is stable under another name', known('v1b'), ['v2'], { kind: 'stable', revision: 'v1b' }],
  ])('means %s', async (_, asked, revisions, expected) => {
    const found = await meant(asked, revisions);
    if (typeof expected === 'string') expect(found).toBe(expected);
    else expect(found).toMatchObject(expected);
  });

  it('means none of the others where it was taken back so long ago that its release is gone', async () => {
    expect(await meant(known('v0'), ['v3', 'v2'], { frozen: ['v0'] })).toMatchObject({ kind: 'frozen' });
  });

  it('says what can not be seen', async () => {
    const why = 'cannot get deployments';
    const found = await askedRelease(controller({ kind: 'unknown', why }, ['v2']), 'app');
    expect(found).toMatchObject({ ok: true, value: { view: { id: 'app-v2' }, unsure: expect.stringContaining(why) } });
    expect(await meant({ kind: 'unknown', why }, [])).toContain(why);
  });
});

it('where people begin releases a name means what it always did', async () => {
  expect(await meant(null, ['v2', 'v1'])).toBe('app-v2');
  expect(await askedRelease(controller(null, ['v2']), 'app-v2')).toMatchObject({
    ok: true,
    value: { kind: 'release' },
  });
});
