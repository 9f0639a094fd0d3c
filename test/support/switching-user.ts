/** A user of a test who asks to switch protocols, byte by byte. */
import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import { type RawSocket, rawSocket } from './raw-socket.ts';

/** The request, with other fields where they are given. */
export const switchWish = (fields: Readonly<Record<string, string>> = {}): string => {
  const all = { Host: 'a', Connection: 'Upgrade', Upgrade: 'chat', ...fields };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET /talk HTTP/1.1\r\n${lines.join('')}\r\n`;
};

/** What came after the head of the answer. */
export const afterHead = (user: RawSocket): string => user.text().split('\r\n\r\n').slice(1).join('\r\n\r\n');

/** Settles when the backend has agreed. */
export async function switchedUser(origin: string, hello = switchWish()): Promise<RawSocket> {
  const user = await rawSocket(origin, hello);
  await eventually(() => user.text().includes('\r\n\r\n'));
  expect(user.text()).toMatch(/^HTTP\/1\.1 101 /);
  return user;
}
