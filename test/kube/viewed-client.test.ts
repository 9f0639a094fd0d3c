import { describe, expect, it } from 'vitest';
import { ViewedClient } from '../../src/kube/viewed-client.ts';
import { atTestEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { aList, anObject, aStatus, type KubeCall, startKubeServer } from '../support/kube-server.ts';
import { must } from '../support/proxy.ts';

const path = '/api/v1/namespaces/shop/pods';

async function viewed(answer: (call: KubeCall) => void) {
  const server = await startKubeServer(answer);
  const client = new ViewedClient({ client: server.client(), relistEveryMs: 3_600_000 });
  atTestEnd(() => client.close());
  return { server, client };
}

const labelled = (name: string, version: number, labels: object): object => ({
  metadata: { name, uid: `uid-${name}`, resourceVersion: String(version), labels },
});

const pods = [labelled('a', 1, { app: 'shop', version: 'v1' }), labelled('b', 2, { app: 'shop', version: 'v2' })];

/** Answers lists, and keeps watches open to say what a test has them say. */
async function watching() {
  const watches: KubeCall[] = [];
  const made = await viewed((call) => {
    if (call.query.get('watch') === null) return call.json(200, aList(5, pods));
    call.response.writeHead(200);
    call.response.flushHeaders();
    watches.push(call);
  });
  const say = (type: string, object: object): unknown =>
    watches.at(-1)?.response.write(`${JSON.stringify({ type, object })}\n`);
  const names = async (labelSelector: string): Promise<readonly string[]> =>
    must(await made.client.seen.list(path, { labelSelector })).objects.map(({ metadata }) => metadata.name);
  return { ...made, watches, say, names };
}

describe('what was last heard', () => {
  it('is listed once and watched, whoever asks and how often, and goes by labels', async () => {
    const { client, names, server, watches } = await watching();
    const all = await Promise.all(Array.from({ length: 100 }, () => names('app=shop')));
    expect(new Set(all.map(String))).toEqual(new Set(['a,b']));
    expect(await names('app=shop,version=v2')).toEqual(['b']);
    expect(await names('version=v3')).toEqual([]);
    expect(must(await client.seen.get(`${path}/a`)).metadata.uid).toBe('uid-a');
    await eventually(() => watches.length === 1);
    expect(server.calls).toHaveLength(2);
  });

  it('follows what the watch tells', async () => {
    const { names, say, watches } = await watching();
    await names('');
    await eventually(() => watches.length === 1);
    say('ADDED', labelled('c', 7, { version: 'v2' }));
    await eventually(async () => (await names('version=v2')).join() === 'b,c');
    say('DELETED', labelled('b', 8, { version: 'v2' }));
    await eventually(async () => (await names('version=v2')).join() === 'c');
  });

  it('is no answer to what it does not hold, nor to other questions than those for labels: the server is asked', async () => {
    const { client, names, server } = await watching();
    await names('');
    await client.seen.get(`${path}/new`);
    await client.seen.list(path, { fieldSelector: 'spec.nodeName=x' });
    await client.seen.list(path, { labelSelector: 'app!=shop' });
    const asked = server.calls.filter(({ query }) => query.get('watch') === null);
    expect(
      asked.map((call) => [call.path, call.query.get('labelSelector') ?? call.query.get('fieldSelector')]),
    ).toEqual([
      [path, null],
      [`${path}/new`, null],
      [path, 'spec.nodeName=x'],
      [path, 'app!=shop'],
    ]);
  });

  it('is not waited for where nothing may be listed: the server is asked each time', async () => {
    const { client } = await viewed((call) =>
      call.path === path
        ? call.json(403, aStatus(403, 'Forbidden', 'pods is forbidden'))
        : call.json(200, anObject('a', 3)),
    );
    expect(must(await client.seen.get(`${path}/a`)).metadata.resourceVersion).toBe('3');
    expect(await client.seen.list(path)).toMatchObject({ ok: false, error: { reason: 'Forbidden' } });
  });
});
