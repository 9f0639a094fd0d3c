import { expect, it } from 'vitest';
import { failed } from '../../src/lib/result.ts';
import { shownReleases } from '../../src/wiring/shown-releases.ts';
import { ControlRoom } from '../support/control-room.ts';

it('what runs is shown, and the newest of each policy, once', async () => {
  const room = await ControlRoom.open();
  const policies = [room.served.policy];
  expect(await shownReleases(room.store, policies)).toEqual({ ok: true, value: [] });
  const first = await room.started('v2');
  const shown = async () => {
    const read = await shownReleases(room.store, policies);
    return read.ok && read.value.map(({ id }) => id);
  };
  expect(await shown()).toEqual([first.id]);
  await room.end(first);
  expect(await shown()).toEqual([first.id]);
  const second = await room.started('v3');
  expect(await shown()).toEqual([second.id]);
});

it('says what the store says when it can not be read', async () => {
  const room = await ControlRoom.open();
  const gone = failed({ reason: 'StoreFailed', message: 'look at the disk', retryable: true });
  room.store.releases = async () => gone;
  expect(await shownReleases(room.store, [])).toEqual(gone);
});

it('the document of a release that runs is read once', async () => {
  const room = await ControlRoom.open();
  await room.started('v2');
  const { store } = room;
  const read = store.releases.bind(store);
  let documents = 0;
  store.releases = async (filter) => {
    const answer = await read(filter);
    documents += answer.ok ? answer.value.length : 0;
    return answer;
  };
  await shownReleases(store, [room.served.policy]);
  expect(documents).toBe(1);
});
