import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { type WatchNews, type WatchOptions, watch } from '../../src/kube/watch.ts';
import { atTestEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { aList, anObject, aStatus, type KubeCall, type KubeServer, startKubeServer } from '../support/kube-server.ts';

const quick = { firstMs: 1, longestMs: 5 };

interface Watched {
  readonly server: KubeServer;
  readonly news: readonly WatchNews[];
  kinds(): readonly string[];
  /** What the watch asked for, in order: `list`, or the version that it watches from. */
  asked(): readonly string[];
  stop(): void;
}

/** `lists` answers each list, `watches` each watch; the last of each answers all that come later. */
async function watched(
  lists: readonly ((call: KubeCall) => void)[],
  watches: readonly ((response: ServerResponse) => void)[],
  options: Partial<WatchOptions> = {},
): Promise<Watched> {
  const count = { lists: 0, watches: 0 };
  const server = await startKubeServer((call) => {
    if (call.query.get('watch') === null) return (lists[count.lists++] ?? lists.at(-1))?.(call);
    call.response.writeHead(200);
    call.response.flushHeaders();
    (watches[count.watches++] ?? watches.at(-1))?.(call.response);
  });
  const news: WatchNews[] = [];
  const all = { client: server.client(), path: '/api/v1/pods', relistEveryMs: 3_600_000, backOff: quick, ...options };
  const subscription = watch(all).subscribe((each) => news.push(each));
  atTestEnd(() => subscription.unsubscribe());
  const asked = ({ query }: KubeCall): string =>
    query.get('watch') === null ? 'list' : (query.get('resourceVersion') ?? '');
  return {
    server,
    news,
    kinds: () => news.map(({ kind }) => kind),
    asked: () => server.calls.map(asked),
    stop: () => subscription.unsubscribe(),
  };
}

const listing =
  (version: number, ...names: string[]) =>
  ({ json }: KubeCall): void =>
    json(
      200,
      aList(
        version,
        names.map((name) => anObject(name, version)),
      ),
    );

const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;

const telling =
  (...lines: string[]) =>
  (response: ServerResponse): void =>
    void response.write(lines.join(''));

const ending =
  (...lines: string[]) =>
  (response: ServerResponse): void =>
    void response.end(lines.join(''));

const silent = (): void => undefined;

const bookmark = (version: number): string => line('BOOKMARK', { metadata: { resourceVersion: String(version) } });

describe('a watch', () => {
  it('tells what there is, then every change, and goes on from the last version when the server ends it', async () => {
    const events = [
      line('ADDED', anObject('b', 6)),
      line('MODIFIED', anObject('a', 7)),
      line('DELETED', anObject('b', 8)),
      bookmark(12),
    ];
    const it = await watched([listing(5, 'a')], [ending(...events), silent]);
    await eventually(() => it.asked().length === 3);
    expect(it.asked()).toEqual(['list', '5', '12']);
    expect(it.kinds().slice(0, 5)).toEqual(['listed', 'changed', 'changed', 'deleted', 'alive']);
    expect(it.server.calls[1]?.query.get('allowWatchBookmarks')).toBe('true');
  });

  it.each([
    ['in an event', telling(line('ERROR', aStatus(410, 'Expired', 'too old resource version')))],
    ['a line that is no JSON', telling('<html>\n')],
    ['an event of an unknown type', telling(line('GUESSED', anObject('a', 6)))],
    ['an object without a version', telling(line('MODIFIED', { metadata: { name: 'a' } }))],
    ['an error that is no status', telling(line('ERROR', { metadata: {} }))],
  ])('lists anew after what it can not trust: %s', async (_what, broken) => {
    const it = await watched([listing(5, 'a'), listing(9, 'a', 'b')], [broken, silent]);
    await eventually(() => it.asked().length === 4);
    expect(it.asked()).toEqual(['list', '5', 'list', '9']);
    expect(it.kinds()).toEqual(['listed', 'troubled', 'listed']);
  });

  it('lists anew when the server answers that the version is gone', async () => {
    let gone = true;
    const server = await startKubeServer(({ query, json, response }) => {
      if (query.get('watch') === null) return json(200, aList(5, []));
      if (!gone) return void response.writeHead(200).flushHeaders();
      gone = false;
      json(410, aStatus(410, 'Expired', 'gone'));
    });
    const subscription = watch({
      client: server.client(),
      path: '/x',
      relistEveryMs: 3_600_000,
      backOff: quick,
    }).subscribe();
    atTestEnd(() => subscription.unsubscribe());
    await eventually(() => server.calls.length === 4);
    expect(server.calls.map(({ query }) => query.get('watch'))).toEqual([null, 'true', null, 'true']);
  });

  it('lives through a list that fails, and through cut connections, from where it was', async () => {
    const cut = (response: ServerResponse): void => {
      response.write(line('MODIFIED', anObject('a', 6)), () => response.socket?.resetAndDestroy());
    };
    const it = await watched(
      [({ json }) => json(500, aStatus(500, 'InternalError', 'no')), listing(5, 'a')],
      [cut, cut, silent],
    );
    await eventually(() => it.asked().length === 5);
    expect(it.asked()).toEqual(['list', 'list', '5', '6', '6']);
    expect(it.news[0]).toMatchObject({ kind: 'troubled', failures: 1, problem: { reason: 'ServerError' } });
  });

  it('takes silence for the end of a watch, and bookmarks for life', async () => {
    const it = await watched([listing(5)], [telling(bookmark(7)), silent], { silenceMs: 60 });
    await eventually(() => it.asked().length >= 4);
    expect(it.asked().slice(0, 4)).toEqual(['list', '5', '7', '7']);
    expect(it.kinds().slice(0, 3)).toEqual(['listed', 'alive', 'troubled']);
  });

  it('lists anew at its time, whatever the watch tells', async () => {
    const it = await watched([listing(5)], [silent], { relistEveryMs: 30, silenceMs: 40 });
    await eventually(() => it.asked().filter((each) => each === 'list').length >= 3);
    expect(it.kinds().filter((kind) => kind === 'listed').length).toBeGreaterThanOrEqual(3);
  });

  it('leaves the server alone for as long as it wants', async () => {
    const it = await watched(
      [({ json }) => json(429, aStatus(429, 'TooManyRequests', 'busy'), { 'retry-after': '0.2' }), listing(5)],
      [silent],
    );
    const beganMs = performance.now();
    await eventually(() => it.kinds().includes('listed'));
    expect(performance.now() - beganMs).toBeGreaterThan(150);
  });

  it('ends with its subscription, also while it waits', async () => {
    let closed = 0;
    const it = await watched([listing(5)], [(response) => response.on('close', () => closed++)]);
    await eventually(() => it.asked().length === 2);
    it.stop();
    await eventually(() => closed === 1);
    expect(it.kinds()).toEqual(['listed']);
    const failing = await watched([({ json }) => json(500, {})], [silent], {
      backOff: { firstMs: 3_600_000, longestMs: 3_600_000 },
    });
    await eventually(() => failing.kinds().length === 1);
    failing.stop();
    expect(failing.asked()).toEqual(['list']);
  });
});
