import { describe, expect, it } from 'vitest';
import { KnownReleases } from '../../src/release/known-releases.ts';
import type { Release } from '../../src/release/release.ts';
import { sampleRelease } from '../support/sample-release.ts';

const running = (id: string, policy: string): Release => sampleRelease({ id, policy });
const ended = (release: Release): Release => ({ ...release, phase: { phase: 'succeeded', endedAtMs: 1 } });

const ids = (releases: readonly Release[] | null): readonly string[] | null => releases?.map(({ id }) => id) ?? null;

describe('what the one writer knows of its releases', () => {
  it('is nothing until they were listed once, and follows what it saves from then on', () => {
    const known = new KnownReleases();
    expect(known.answer({ active: true }, 0)).toBeNull();
    known.listed([running('b2', 'b'), ended(running('a1', 'a'))], known.writes, 0);
    expect(ids(known.answer({ active: true }, 1))).toEqual(['b2']);
    expect(ids(known.answer({ policy: 'a', limit: 1 }, 1))).toEqual(['a1']);
    known.saved(running('a2', 'a'));
    expect(ids(known.answer({ policy: 'a', active: true, limit: 1 }, 1))).toEqual(['a2']);
    expect(ids(known.answer({ policy: 'a', limit: 1 }, 1))).toEqual(['a2']);
    known.saved(ended(running('b2', 'b')));
    expect(ids(known.answer({ active: true }, 1))).toEqual(['a2']);
    expect(ids(known.answer({ policy: 'b', limit: 1 }, 1))).toEqual(['b2']);
  });

  it('is no older release that is told of again, long after its end', () => {
    const known = new KnownReleases();
    const old = ended(running('a1', 'a'));
    known.listed([running('a2', 'a'), old], known.writes, 0);
    known.saved(old);
    expect(ids(known.answer({ policy: 'a', limit: 1 }, 1))).toEqual(['a2']);
    expect(ids(known.answer({ active: true }, 1))).toEqual(['a2']);
  });

  it('is asked for again after a save that was refused, after a while, and for everything else', () => {
    const known = new KnownReleases();
    known.listed([running('a1', 'a')], known.writes, 0);
    expect(known.answer({}, 1)).toBeNull();
    expect(known.answer({ active: false }, 1)).toBeNull();
    expect(known.answer({ policy: 'a', limit: 2 }, 1)).toBeNull();
    expect(known.answer({ active: true }, 300_000)).toBeNull();
    known.doubt();
    expect(known.answer({ active: true }, 1)).toBeNull();
  });

  it('is asked for again when one of them is found newer than it was saved here', () => {
    const known = new KnownReleases();
    const release = running('a1', 'a');
    known.listed([release], known.writes, 0);
    known.found(release);
    known.found({ ...release, version: release.version - 1 });
    expect(ids(known.answer({ active: true }, 1))).toEqual(['a1']);
    known.found({ ...release, version: release.version + 1 });
    expect(known.answer({ active: true }, 1)).toBeNull();
  });

  it('is not what a list says that began before a save', () => {
    const known = new KnownReleases();
    const { writes } = known;
    known.saved(running('a1', 'a'));
    known.listed([], writes, 0);
    expect(known.answer({ active: true }, 0)).toBeNull();
  });
});
