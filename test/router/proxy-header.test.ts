/** The reader of PROXY headers: what the specification's examples say, what is cut short, and what is no header at all. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readProxyHeader } from '../../src/router/proxy/proxy-header.ts';

const signature = '\r\n\r\n\0\r\nQUIT\n';

/** `family`: 0x11 TCP over IPv4, 0x21 over IPv6. */
const block = (command: number, family: number, rest: readonly number[]): Buffer =>
  Buffer.concat([
    Buffer.from(signature, 'latin1'),
    Buffer.from([command, family, rest.length >> 8, rest.length & 0xff, ...rest]),
  ]);

const four = [192, 0, 2, 7, 127, 0, 0, 1, 0xdb, 0x50, 0, 80];
const six = [
  0x20,
  1,
  0xd,
  0xb8,
  ...new Array<number>(11).fill(0),
  1,
  ...new Array<number>(15).fill(0),
  1,
  0x10,
  0,
  0,
  80,
];

const headers: readonly [string, Buffer, unknown][] = [
  [
    'version 1, IPv4',
    Buffer.from('PROXY TCP4 192.0.2.7 127.0.0.1 56144 80\r\n'),
    { address: '192.0.2.7', port: 56_144 },
  ],
  ['version 1, IPv6', Buffer.from('PROXY TCP6 2001:db8::1 ::1 4096 80\r\n'), { address: '2001:db8::1', port: 4_096 }],
  ['version 1, unknown', Buffer.from('PROXY UNKNOWN\r\n'), null],
  ['version 1, unknown with addresses', Buffer.from('PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n'), null],
  ['version 2, IPv4', block(0x21, 0x11, four), { address: '192.0.2.7', port: 56_144 }],
  ['version 2, IPv6', block(0x21, 0x21, six), { address: '2001:db8::1', port: 4_096 }],
  [
    'version 2, with more behind the addresses',
    block(0x21, 0x11, [...four, 4, 0, 1, 9]),
    { address: '192.0.2.7', port: 56_144 },
  ],
  ['version 2, for itself', block(0x20, 0, []), null],
  ['version 2, over UDP', block(0x21, 0x12, four), null],
];

describe('a whole header', () => {
  test.each(headers)('%s', (_name, bytes, source) => {
    const behind = Buffer.concat([bytes, Buffer.from('GET / HTTP/1.1\r\n')]);
    expect(readProxyHeader(behind)).toEqual({ kind: 'header', bytes: bytes.length, source });
    expect(readProxyHeader(bytes)).toEqual({ kind: 'header', bytes: bytes.length, source });
  });

  test.each(headers)('%s: none of its beginnings is one', (_name, bytes) => {
    for (let length = 0; length < bytes.length; length++) {
      expect(readProxyHeader(bytes.subarray(0, length)), `${length} bytes`).toEqual({ kind: 'more' });
    }
  });
});

test.each([
  ['a request', Buffer.from('GET / HTTP/1.1\r\n')],
  ['an address of the other family', Buffer.from('PROXY TCP4 ::1 ::1 1 2\r\n')],
  ['no address', Buffer.from('PROXY TCP4 localhost 127.0.0.1 1 2\r\n')],
  ['a port too high', Buffer.from('PROXY TCP4 192.0.2.7 127.0.0.1 65536 80\r\n')],
  ['two spaces', Buffer.from('PROXY TCP4  192.0.2.7 127.0.0.1 1 80\r\n')],
  ['another protocol', Buffer.from('PROXY UDP4 192.0.2.7 127.0.0.1 1 80\r\n')],
  ['a line without an end', Buffer.from(`PROXY UNKNOWN ${'a'.repeat(100)}`)],
  ['version 3', block(0x31, 0x11, four)],
  ['an unknown command', block(0x22, 0x11, four)],
  ['addresses cut short', block(0x21, 0x11, four.slice(0, 11))],
  ['a block too long', block(0x21, 0x11, new Array<number>(4_097).fill(0))],
])('no header: %s', (_name, bytes) => {
  expect(readProxyHeader(bytes)).toEqual({ kind: 'none' });
});

test('whatever comes, it answers, and never more bytes than there are', () => {
  const start = fc.constantFrom('', 'PROXY ', 'PROXY TCP4 ', 'PROXY TCP6 ::1 ', signature, `${signature}\x21\x11`);
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 200 }), (text, random) => {
      const bytes = Buffer.concat([Buffer.from(text, 'latin1'), random]);
      const header = readProxyHeader(bytes);
      if (header.kind === 'header') expect(header.bytes).toBeLessThanOrEqual(bytes.length);
    }),
    { numRuns: 2_000 },
  );
});
