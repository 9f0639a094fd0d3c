import { expect, test } from 'vitest';
import { isLoopback } from '../../src/lib/loopback.ts';

test.each(['localhost', 'LOCALHOST', '127.0.0.1', '127.8.9.10', '::1', '[::1]', '::ffff:127.0.0.1'])(
  '%s is this machine alone',
  (host) => expect(isLoopback(host)).toBe(true),
);

test.each(['', '0.0.0.0', '::', '10.0.0.1', '128.0.0.1', '127.0.0.1.example.com', 'localhost.example.com', '127.1'])(
  '"%s" may be another',
  (host) => expect(isLoopback(host)).toBe(false),
);
