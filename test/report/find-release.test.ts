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

  it('names the nearest when there is none, else what there is, and how to see all', () => {
    expect(found('shpo')).toBe('no release or policy "shpo"; did you mean "shop"? `sluice list` shows them all');
    expect(found('payments')).toBe(
      'no release or policy "payments"; there is app, shop, app-2b, app-2a, shop-1; `sluice list` shows them all',
    );
    expect(found('')).toContain('no release or policy ""');
    const many = Array.from({ length: 9 }, (_, n) => sampleRelease({ id: `app-${n}`, policy: 'app' }));
    expect(findRelease('payments', many)).toMatchObject({
      error: { message: expect.stringContaining('; there is app, app-0, app-1, app-2, app-3 and 5 more; ') as unknown },
    });
  });

  it('knows policies that were never released', () => {
    const message = (name: string) => {
      const none = findRelease(name, [], ['payments', 'shop']);
      return none.ok ? '' : none.error.message;
    };
    expect(message('payments')).toMatch(
      /^policy "payments" has no release yet: begin one with `sluice start payments /,
    );
    expect(message('paymens')).toBe('no release or policy "paymens"; did you mean "payments"?');
    expect(message('x')).toBe('no release or policy "x"; there is payments, shop');
  });

  it('says so when there is none at all', () => {
    const none = findRelease('app', []);
    expect(none.ok ? '' : none.error.message).toBe('no release or policy "app"; there is none yet');
  });
});
