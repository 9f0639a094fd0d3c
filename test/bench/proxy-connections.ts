/** Memory of the built-in proxy with 5,000 users connected, each of whom has had an answer and keeps the connection. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ProxyBackends } from '../../src/router/proxy-backends.ts';
import { ensureProxy, stopProxy } from '../../src/router/proxy-process.ts';
import { must } from '../support/proxy.ts';
import { withCleanUp } from './rig/clean-up.ts';

const CONNECTIONS = 5_000;
const AT_ONCE = 100;
const TARGET_MIB = 300;

await withCleanUp(async (atEnd) => {
  const stateDir = await mkdtemp(join(tmpdir(), 'sluice-bench-'));
  atEnd(() => rm(stateDir, { recursive: true, force: true }));
  const server = createServer((_request, response) => response.end('ok'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  atEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  const proxy = must(await ensureProxy({ stateDir, name: 'bench', listen: '127.0.0.1:0', epoch: 1 }));
  atEnd(() => stopProxy(proxy.socketPath));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  must(
    await new ProxyBackends(proxy.socketPath).point({
      backend: 'stable',
      revision: 'v1',
      endpoints: [origin],
      epoch: 1,
    }),
  );
  const before = await residentMiB(proxy.pid);
  const users: Socket[] = [];
  atEnd(() => {
    for (const user of users) user.destroy();
  });
  const port = Number(new URL(`http://${proxy.listen}`).port);
  while (users.length < CONNECTIONS) {
    users.push(...(await Promise.all(Array.from({ length: AT_ONCE }, () => answered(port)))));
  }
  const mebibytes = await residentMiB(proxy.pid);
  const open = users.filter(({ closed }) => !closed).length;
  const each = ((mebibytes - before) * 1_024) / CONNECTIONS;
  console.log(
    `proxy-connections: ${open} open, ${mebibytes.toFixed(0)} MiB resident, ${before.toFixed(0)} before, ${each.toFixed(1)} KiB each`,
  );
  const reached = mebibytes <= TARGET_MIB && open === CONNECTIONS;
  console.log(`  reach <= ${TARGET_MIB} MiB with ${CONNECTIONS} open: ${reached ? 'reached' : 'NOT REACHED'}`);
});

/** A connection that has had its first answer. */
function answered(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'));
    socket.once('error', reject).once('data', () => resolve(socket.resume()));
  });
}

async function residentMiB(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024;
}
