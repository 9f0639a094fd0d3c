/** TLS at the users' side: both HTTPs, certificates exchanged while users are served, and files that can't be used. */
import { spawnSync } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { connect as connectHttp2 } from 'node:http2';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ensureProxy } from '../../../src/router/proxy-process.ts';
import { makeCertificate, replaceCertificate, type TestCertificate } from '../../support/certificate-files.ts';
import { eventually } from '../../support/eventually.ts';
import { needs } from '../../support/needs.ts';
import { startTestProxy, type TestProxy } from '../../support/proxy.ts';
import { rawSocket } from '../../support/raw-socket.ts';
import { startSwitchingUpstream } from '../../support/switching-upstream.ts';
import { switchWish } from '../../support/switching-user.ts';
import { tempDir } from '../../support/temp-dir.ts';
import { startUpstream } from '../../support/upstream.ts';

const secured = async (): Promise<{
  readonly proxy: TestProxy;
  readonly shop: TestCertificate;
  readonly folder: string;
}> => {
  const folder = await tempDir();
  const shop = makeCertificate(folder, 'shop.test');
  const { certificate, key } = shop;
  return { proxy: await startTestProxy({ settings: { tls: { certificate, key } } }), shop, folder };
};

const portOf = (proxy: TestProxy): number => Number(new URL(proxy.origin()).port);

/** Settles with an encrypted connection, or rejects with what the handshake failed of. */
const greet = (
  proxy: TestProxy,
  certificate: TestCertificate,
  protocols: string[] = ['http/1.1'],
): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const options = { port: portOf(proxy), host: '127.0.0.1', servername: 'shop.test', ca: certificate.pem() };
    const socket = connect({ ...options, ALPNProtocols: protocols }, () => resolve(socket));
    socket.on('error', reject);
    onTestFinished(() => void socket.destroy());
  });

const get = (proxy: TestProxy, certificate: TestCertificate, agent: Agent): Promise<string> =>
  new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: portOf(proxy), servername: 'shop.test', ca: certificate.pem(), agent };
    const sent = request(options, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () => resolve(`${response.statusCode} ${body}`));
    });
    sent.on('error', reject).end();
  });

describe.runIf(needs('openssl'))('with a certificate', () => {
  test('users get HTTP/1.1 or HTTP/2 as they ask, and the backend learns that they came encrypted', async () => {
    const { proxy, shop } = await secured();
    const upstream = await startUpstream((_request, response) => void response.end('hello'));
    await proxy.aim({ stable: upstream.origin });
    const agent = new Agent();
    onTestFinished(() => agent.destroy());
    expect(await get(proxy, shop, agent)).toBe('200 hello');
    const client = connectHttp2(`https://127.0.0.1:${portOf(proxy)}`, { servername: 'shop.test', ca: shop.pem() });
    onTestFinished(() => client.destroy());
    const stream = client.request({ ':path': '/two' });
    let body = '';
    for await (const chunk of stream) body += String(chunk);
    expect(body).toBe('hello');
    expect(client.alpnProtocol).toBe('h2');
    expect(upstream.seen.map(({ url }) => url)).toEqual(['/', '/two']);
    for (const { headers } of upstream.seen) {
      expect(headers).toMatchObject({ 'x-forwarded-proto': 'https', 'x-forwarded-for': '127.0.0.1' });
    }
    expect((await greet(proxy, shop, ['h2', 'http/1.1'])).alpnProtocol).toBe('h2');
  });

  test('a switch of protocols passes, and one side may end first', async () => {
    const { proxy, shop } = await secured();
    const upstream = await startSwitchingUpstream({
      speak: ({ socket }) => {
        let heard = '';
        socket.on('data', (chunk: Buffer) => {
          heard += chunk.toString();
        });
        socket.on('end', () => socket.end(`you said ${heard}`));
      },
    });
    await proxy.aim({ stable: upstream.origin });
    const socket = await greet(proxy, shop);
    let got = '';
    socket.on('data', (chunk: Buffer) => {
      got += chunk.toString();
    });
    socket.write(switchWish());
    await eventually(() => got.includes('101 '));
    socket.write('something');
    await eventually(() => upstream.switched.length === 1);
    upstream.switched[0]?.socket.end('goodbye');
    await eventually(() => got.endsWith('goodbye'));
  });

  test('a renewed certificate counts from the next connection on, those that stand go on', async () => {
    const { proxy, shop, folder } = await secured();
    const upstream = await startUpstream((_request, response) => void response.end('hello'));
    await proxy.aim({ stable: upstream.origin });
    const before = {
      ...shop,
      pem: (
        (pem) => () =>
          pem
      )(shop.pem()),
    };
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    expect(await get(proxy, before, agent)).toBe('200 hello');
    const { mkdir } = await import('node:fs/promises');
    await mkdir(join(folder, 'next'));
    const next = makeCertificate(join(folder, 'next'), 'shop.test');
    await replaceCertificate(shop, next);
    await eventually(() => greet(proxy, next).then(() => true));
    expect(proxy.process().output()).toContain('certificate renewed');
    await expect(greet(proxy, before)).rejects.toThrow(/self.signed/i);
    expect(await get(proxy, before, agent)).toBe('200 hello');
  });

  test('files that can not be used change nothing but what is said, until they are put right', async () => {
    const { proxy, shop, folder } = await secured();
    const [pem, key] = [shop.pem(), spawnSync('cat', [shop.key], { encoding: 'utf8' }).stdout];
    const inForce = () => proxy.metric('sluice_proxy_certificate_files_in_force{subject="DNS:shop.test"}');
    expect(await inForce()).toBe(1);
    const other = makeCertificate(folder, 'other.test');
    for (const spoil of [
      () => writeFile(shop.certificate, 'half a certif'),
      () => rm(shop.certificate),
      () => writeFile(shop.certificate, other.pem()),
    ]) {
      await spoil();
      await eventually(async () => (await inForce()) === 0);
      await greet(proxy, { ...shop, pem: () => pem });
      await writeFile(shop.certificate, pem);
      await writeFile(shop.key, key);
      await eventually(async () => (await inForce()) === 1);
    }
    expect(proxy.process().output()).toMatch(/holds no certificate in PEM form/);
    expect(proxy.process().output()).toMatch(/tls.certificate can't be read: ENOENT/);
    expect(proxy.process().output()).toMatch(/does not belong to the certificate/);
  });

  test('who does not greet is turned away, and counted', async () => {
    const { proxy } = await secured();
    const user = await rawSocket(proxy.origin(), 'GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await eventually(() => user.ended() !== null);
    expect(user.text()).not.toContain('HTTP/1.1');
    await eventually(
      async () => (await proxy.metric('sluice_proxy_refused_requests_total{reason="tls_handshake"}')) === 1,
    );
  });
});

describe.runIf(needs('openssl'))('a start', () => {
  const failure = async (tls: { readonly certificate: string; readonly key: string }): Promise<string> => {
    const result = await ensureProxy({
      stateDir: await tempDir(),
      name: 'shop',
      listen: '127.0.0.1:0',
      epoch: 1,
      settings: { tls },
    });
    return result.ok ? 'it started' : result.error.message;
  };

  test('with files that can not be used says which and why', async () => {
    const folder = await tempDir();
    const [one, two] = [makeCertificate(folder, 'one.test'), makeCertificate(folder, 'two.test')];
    const locked = join(folder, 'locked.key');
    const lock = ['ec', '-in', one.key, '-aes256', '-passout', 'pass:secret', '-out', locked];
    expect(spawnSync('openssl', lock).status).toBe(0);
    const gone = join(folder, 'gone.crt');
    expect(await failure({ certificate: gone, key: one.key })).toContain(
      `tls.certificate can't be read: ENOENT: no such file or directory, open '${gone}'`,
    );
    expect(await failure({ certificate: one.certificate, key: two.key })).toContain(
      `the key in ${two.key} does not belong to the certificate in ${one.certificate}`,
    );
    expect(await failure({ certificate: one.key, key: one.key })).toContain(
      `${one.key} holds no certificate in PEM form`,
    );
    expect(await failure({ certificate: one.certificate, key: one.certificate })).toContain(
      `${one.certificate} holds no private key in PEM form`,
    );
    expect(await failure({ certificate: one.certificate, key: locked })).toContain(
      `${locked} holds a key behind a passphrase: store it without one`,
    );
  });
});
