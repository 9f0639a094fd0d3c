import { describe, expect, it } from 'vitest';
import type { Key } from '../../src/server/http-token.ts';
import { getJson, postJson, testServer } from '../support/http-server.ts';
import { bakingRelease } from '../support/sample-release.ts';

const token = 'a-token-that-is-long-enough';
const readToken = 'another-token-for-reading';
const bearer = (word: string) => ({ authorization: `Bearer ${word}` });
const pausePath = '/api/v1/releases/app/pause';
const pause = { revision: 'v1.9.0', reason: 'x' };

const keys: readonly Key[] = [
  { token, name: 'ada' },
  { token: readToken, name: null, only: 'read' },
];

const guarded = async () => {
  const server = await testServer({ keys });
  await server.controls.put(bakingRelease());
  const pauses = async () => {
    const read = await server.controls.release('app-3f2a');
    return read.ok ? read.value?.pauses.length : null;
  };
  return { ...server, pauses };
};

describe('reading and acting are two rights:', () => {
  it('the token for reading reads, and is told why it may not act', async () => {
    const { url, pauses } = await guarded();
    for (const path of ['/api/v1/releases', '/api/v1/releases/app/chart', '/api/v1/me'])
      expect((await getJson(url + path, bearer(readToken))).status).toBe(200);
    const refused = await postJson(url + pausePath, pause, bearer(readToken));
    expect(refused).toMatchObject({ status: 403, body: { reason: 'Forbidden' } });
    expect(refused.body.message).toBe('this token may only read: orders need one of --token-file');
    expect((await postJson(`${url}/api/v1/releases`, {}, bearer(readToken))).status).toBe(403);
    expect(await pauses()).toBe(0);
  });

  it('the token for acting does both, and a stranger neither', async () => {
    const { url, pauses } = await guarded();
    expect((await getJson(`${url}/api/v1/releases`)).status).toBe(401);
    expect((await postJson(url + pausePath, pause, bearer('a-token-of-nobody-here'))).status).toBe(401);
    expect(await pauses()).toBe(0);
    expect((await postJson(url + pausePath, pause, bearer(token))).status).toBe(200);
    expect(await pauses()).toBe(1);
  });

  it.each([
    [token, { who: 'ada', rights: ['read', 'act'], why: null }],
    [readToken, { rights: ['read'], why: expect.stringContaining('--token-file') }],
  ])('whoever asks is told which ones they have (%s)', async (word, me) => {
    const { url } = await guarded();
    expect((await getJson(`${url}/api/v1/me`, bearer(word))).body).toMatchObject(me);
  });

  it('without a token this machine has both', async () => {
    const { url } = await testServer();
    expect((await getJson(`${url}/api/v1/me`)).body).toMatchObject({ rights: ['read', 'act'], why: null });
  });

  it.each([
    [['read'], 'would let nobody act'],
    [['act', 'read'], 'whoever may read could act'],
  ] as const)('a server with no way to tell them apart does not start: one token for %j', async (rights, message) => {
    const same = rights.map((may): Key => ({ token, name: null, ...(may === 'read' ? { only: may } : {}) }));
    await expect(testServer({ keys: same })).rejects.toThrow(message);
  });
});
