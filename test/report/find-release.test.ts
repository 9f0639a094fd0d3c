import { describe, expect, it } from 'vitest';
import { findRelease } from '../../src/report/find-release.ts';
import { sampleRelease } from '../support/sample-release.ts';

const releases = ['app-2b', 'app-2a', 'shop-1'].map((id) => sampleRelease({ id, policy: id.split('-')[0] ?? '' }));

const found = (name: string) => {
  const result = findRelease(name, releases);
  return result.ok ? result.value.id : result.error.message;
};

describe('findRelease', () => {
  it.each([
    ['app-2a', 'app-2a'],
    ['app', 'app-2b'],
    ['shop-', 'shop-1'],
  ])('%s means %s', (name, id) => expect(found(name)).toBe(id));

  it('wants more of a beginning that several have', () => {
    expect(found('app-2')).toBe('"app-2" begins 2 releases: app-2b, app-2a; write more of it');
  });

  it('names the nearest when there is none', () => {
    expect(found('shpo')).toBe('no release or policy "shpo"; did you mean "shop"?');
    expect(found('')).toContain('no release or policy ""');
  });

  it('says so when there is none at all', () => {
    const none = findRelease('app', []);
    expect(none.ok ? '' : none.error.message).toBe('no release or policy "app"; there is none yet');
  });
});
