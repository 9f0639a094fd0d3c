/** Frames of HTTP/2 byte by byte (RFC 9113 section 4), for tests that send what no library would. */

export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');

const types = {
  data: 0,
  headers: 1,
  priority: 2,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

type FrameType = keyof typeof types;

export interface Frame {
  readonly flags?: number;
  readonly stream?: number;
  readonly payload?: Buffer;
}

export const endStream = 0x1;
export const endHeaders = 0x4;

export function frame(type: FrameType, { flags = 0, stream = 0, payload = Buffer.alloc(0) }: Frame = {}): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(types[type], 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** Sent first by a client: preface and empty settings. */
export const greeting = Buffer.concat([preface, frame('settings')]);

/** A field that is not compressed; names and values below 127 bytes. */
export const field = (name: string, value: string): Buffer =>
  Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), Buffer.from([value.length]), Buffer.from(value)]);

/** `GET /` of `a`, by the static table. */
export const getHead = Buffer.concat([Buffer.from([0x82, 0x86, 0x84]), field(':authority', 'a')]);

export const get = (stream: number, ...fields: readonly Buffer[]): Buffer =>
  frame('headers', { flags: endHeaders + endStream, stream, payload: Buffer.concat([getHead, ...fields]) });

export const number = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

export interface Received {
  readonly type: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** Whole frames in what a server has sent. */
export function framesIn(bytes: Buffer): readonly Received[] {
  const frames: Received[] = [];
  for (let at = 0; at + 9 <= bytes.length; ) {
    const length = bytes.readUIntBE(at, 3);
    if (at + 9 + length > bytes.length) break;
    const payload = bytes.subarray(at + 9, at + 9 + length);
    frames.push({ type: bytes.readUInt8(at + 3), stream: bytes.readUInt32BE(at + 5) & 0x7fffffff, payload });
    at += 9 + length;
  }
  return frames;
}

/** Error codes of the GOAWAY frames among them. */
export const goaways = (bytes: Buffer): readonly number[] =>
  framesIn(bytes)
    .filter(({ type }) => type === types.goaway)
    .map(({ payload }) => payload.readUInt32BE(4));

/** Error codes of reset streams, by their number. */
export const resets = (bytes: Buffer): ReadonlyMap<number, number> =>
  new Map(
    framesIn(bytes)
      .filter(({ type }) => type === types.reset)
      .map(({ stream, payload }) => [stream, payload.readUInt32BE(0)]),
  );
