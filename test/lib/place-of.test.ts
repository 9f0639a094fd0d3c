import { describe, expect, it } from 'vitest';
import { placeOf } from '../../src/lib/place-of.ts';

describe('placeOf', () => {
  it('is the same for the same name, and even over many', () => {
    expect(placeOf('shop-v2-a1b2c3')).toBe(placeOf('shop-v2-a1b2c3'));
    const tenths = Array.from({ length: 10 }, () => 0);
    for (let i = 0; i < 10_000; i += 1) {
      const tenth = Math.floor(placeOf(`app-${i}-v2`) * 10);
      tenths[tenth] = (tenths[tenth] ?? 0) + 1;
    }
    expect(Math.min(...tenths)).toBeGreaterThan(850);
    expect(Math.max(...tenths)).toBeLessThan(1_150);
  });
});
