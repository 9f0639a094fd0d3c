/** So many readers of live events in a process of their own: says when all are connected, and at `report` how late each log line came. */
import { connect } from 'node:net';

const [url = '', count = '0'] = process.argv.slice(2);
const { host, hostname, port } = new URL(url);
const lateMs: number[] = [];
let connected = 0;

const told = /"entry":\{"atMs":(\d+)/g;

for (let reader = 0; reader < Number(count); reader += 1) {
  const socket = connect(Number(port), hostname);
  socket.setEncoding('latin1');
  socket.write(`GET /api/v1/events HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  socket.once('data', () => {
    connected += 1;
    if (connected === Number(count)) process.send?.({ kind: 'connected' });
  });
  socket.on('data', (text: string) => {
    const nowMs = Date.now();
    for (const [, atMs] of text.matchAll(told)) lateMs.push(nowMs - Number(atMs));
  });
}

process.on('message', () => process.send?.({ kind: 'report', lateMs: lateMs.splice(0) }));
