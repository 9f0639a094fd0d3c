import { describe, expect, it } from 'vitest';
import { openEventStream } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { getJson, testServer } from '../support/http-server.ts';
import { bakingRelease } from '../support/sample-release.ts';

const entry = { atMs: 1, kind: 'event', reason: 'WeightVerified', message: 'line one\nline two', data: {} } as const;

describe('live events', () => {
  it('tell each change and each line of a log, with ids that rise', async () => {
    const { url, controls } = await testServer();
    const stream = await openEventStream(`${url}/api/v1/events`);
    await controls.put(bakingRelease(), [entry]);
    await eventually(() => stream.events.length === 2);
    expect(stream.events).toMatchObject([
      { name: 'release', data: { id: 'app-3f2a', phase: 'baking', desired: 50, applied: 50, version: 1 } },
      { name: 'log', data: { id: 'app-3f2a', entry } },
    ]);
    const numbers = stream.events.map(({ id }) => Number(id.split('-')[1]));
    expect(numbers).toEqual([1, 2]);
  });

  it('can be of one release alone', async () => {
    const { url, controls } = await testServer();
    const stream = await openEventStream(`${url}/api/v1/events?release=app-2`);
    await controls.put(bakingRelease({ id: 'app-1' }));
    await controls.put(bakingRelease({ id: 'app-2' }));
    await eventually(() => stream.events.length === 1);
    expect(stream.events[0]?.data.id).toBe('app-2');
  });

  it('go on where a reader was cut off', async () => {
    const { url, controls } = await testServer();
    const first = await openEventStream(`${url}/api/v1/events`);
    await controls.put(bakingRelease({ id: 'app-1' }));
    await eventually(() => first.events.length === 1);
    first.close();
    await controls.put(bakingRelease({ id: 'app-2' }));
    await controls.put(bakingRelease({ id: 'app-3' }));
    const again = await openEventStream(`${url}/api/v1/events`, { 'last-event-id': first.events[0]?.id ?? '' });
    await eventually(() => again.events.length === 2);
    expect(again.events).toMatchObject([{ data: { id: 'app-2' } }, { data: { id: 'app-3' } }]);
  });

  it.each(['other-12', 'nonsense', ''])('say that something was missed after an id of nobody: "%s"', async (id) => {
    const { url } = await testServer();
    const stream = await openEventStream(`${url}/api/v1/events`, { 'last-event-id': id });
    await eventually(() => stream.events.length === 1);
    expect(stream.events[0]).toMatchObject({
      name: 'gap',
      data: { message: expect.stringContaining('read the releases anew') },
    });
  });

  it('say that something was missed when it is too long ago', async () => {
    const { url, controls } = await testServer();
    const first = await openEventStream(`${url}/api/v1/events`);
    await controls.put(bakingRelease());
    await eventually(() => first.events.length === 1);
    await controls.put(
      bakingRelease(),
      Array.from({ length: 1_100 }, () => entry),
    );
    const again = await openEventStream(`${url}/api/v1/events`, { 'last-event-id': first.events[0]?.id ?? '' });
    await eventually(() => again.events.length === 1);
    expect(again.events[0]?.name).toBe('gap');
  });

  it('keep a quiet connection alive', async () => {
    const { url } = await testServer({ limits: { heartbeatMs: 50 } });
    const stream = await openEventStream(`${url}/api/v1/events`);
    await eventually(() => stream.text().includes(': still here'));
  });

  it('are refused beyond the limit, and again possible when a reader leaves', async () => {
    const { url } = await testServer({ limits: { maxStreams: 1 } });
    const stream = await openEventStream(`${url}/api/v1/events`);
    expect(await getJson(`${url}/api/v1/events`)).toMatchObject({ status: 503, body: { reason: 'Unavailable' } });
    stream.close();
    await eventually(async () => (await openEventStream(`${url}/api/v1/events`)).status === 200);
  });

  it('want the token, too', async () => {
    const { url } = await testServer({ keys: [{ token: 'a-token-that-is-long-enough', name: null }] });
    expect((await getJson(`${url}/api/v1/events`)).status).toBe(401);
  });
});
