import { describe, expect, test } from 'vitest';
import { formatListenAddress, parseListenAddress } from '../../src/lib/listen-address.ts';

describe('an address to listen on', () => {
  test.each([
    ['127.0.0.1:8080', '127.0.0.1', 8080],
    ['0.0.0.0:0', '0.0.0.0', 0],
    ['localhost:65535', 'localhost', 65_535],
    ['[::1]:7581', '::1', 7581],
    ['[::]:80', '::', 80],
  ])('%s is read, and written as it was', (text, host, port) => {
    expect(parseListenAddress(text)).toEqual({ host, port });
    expect(formatListenAddress({ host, port })).toBe(text);
  });

  test.each(['', '8080', ':8080', 'host:', 'host:65536', 'host:123456', 'host:80x', '::1:80', '[::1]', 'a b:80'])(
    '"%s" is none',
    (text) => expect(parseListenAddress(text)).toBeNull(),
  );
});
