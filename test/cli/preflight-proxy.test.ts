/** `sluice preflight` on policies of the built-in proxy, hosts and commands: what is fit, and every mistake with what to do about it. */
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { certificateLine } from '../../src/cli/preflight/certificate.ts';
import type { PreflightLine } from '../../src/cli/preflight/line.ts';
import { ProxyBackends } from '../../src/router/proxy-backends.ts';
import { ensureProxy, stopProxy } from '../../src/router/proxy-process.ts';
import { makeCertificate } from '../support/certificate-files.ts';
import { freePort } from '../support/free-port.ts';
import { must } from '../support/proxy.ts';
import { sluice } from '../support/sluice-command.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startAnswering } from '../support/upstream.ts';

interface Told {
  readonly code: number | string;
  readonly lines: readonly PreflightLine[];
}

/** Of a policy in this folder, whose state is in `state` below it. */
async function preflight(folder: string, { target, proxy }: { target: object; proxy: object }): Promise<Told> {
  const file = join(folder, 'policy.yaml');
  const spec = {
    target: { revision: 'v1', ...target },
    traffic: { proxy },
    sources: { direct: { scrape: {} } },
    metrics: { source: 'direct', preset: 'app' },
    rules: { inline: { error_rate: { threshold: '1%', window: '5m', alert: 'critical' } } },
  };
  const head = { apiVersion: 'sluice.dev/v1alpha1', kind: 'ReleasePolicy', metadata: { name: 'app' } };
  writeFileSync(file, JSON.stringify({ ...head, spec }));
  const { code, err, out } = await sluice(['preflight', file, '--state', join(folder, 'state'), '-o', 'json']);
  expect(err).toBe('');
  return { code, ...(JSON.parse(out) as Omit<Told, 'code'>) };
}

const line = ({ lines }: Told, subject: string): PreflightLine | undefined =>
  lines.find((each) => each.subject === subject);

const serve = { command: [process.execPath, 'server.js'] };

test('a free address, a certificate with its key and its days, sessions and the switch are said', async () => {
  const folder = await tempDir();
  const listen = `127.0.0.1:${await freePort()}`;
  const tls = makeCertificate(folder, 'shop.test');
  const words = { listen, tls: { certificate: tls.certificate, key: tls.key }, sticky: {}, deadMansSwitch: '30s' };
  const told = await preflight(folder, { target: serve, proxy: words });
  expect(told.code).toBe(0);
  expect(line(told, `proxy ${listen}`)).toMatchObject({ grade: 'ok', says: 'free to listen on' });
  expect(line(told, `certificate ${tls.certificate}`)).toMatchObject({
    grade: 'ok',
    says: expect.stringMatching(/^for DNS:shop.test, with its key; it ends at .*, in 29 days$/),
  });
  expect(line(told, 'sticky')).toMatchObject({ grade: 'ok', says: expect.stringContaining('exact for new sessions') });
  expect(line(told, 'deadMansSwitch')).toMatchObject({ grade: 'ok', says: expect.stringContaining('for 30s') });
  expect(line(told, 'target.command')).toMatchObject({ grade: 'ok', says: `runs ${process.execPath}` });
});

test('an address that another process has is told from one that the own proxy has, with the instances behind it', async () => {
  const folder = await tempDir();
  const listen = `127.0.0.1:${await freePort()}`;
  const stranger = createServer().listen(Number(listen.split(':')[1]), '127.0.0.1');
  await new Promise((resolve) => stranger.once('listening', resolve));
  const taken = await preflight(folder, { target: serve, proxy: { listen } });
  expect(taken.code).toBe(1);
  expect(line(taken, `proxy ${listen}`)).toMatchObject({
    grade: 'fail',
    says: expect.stringContaining('another process listens there'),
    fix: expect.stringContaining('--state'),
  });
  await new Promise((resolve) => stranger.close(resolve));

  const stateDir = join(folder, 'state', 'app');
  mkdirSync(stateDir, { recursive: true });
  const { socketPath, pid } = must(await ensureProxy({ stateDir, name: 'proxy', listen, epoch: 1 }));
  onTestFinished(async () => void (await stopProxy(socketPath)));
  const stable = await startAnswering('v1');
  const backends = new ProxyBackends(socketPath);
  must(await backends.point({ backend: 'stable', revision: 'v1', endpoints: [stable.origin], epoch: 1 }));
  const own = await preflight(folder, { target: serve, proxy: { listen } });
  expect(line(own, `proxy ${listen}`)).toMatchObject({
    grade: 'ok',
    says: expect.stringContaining(`(process ${pid})`),
  });
  expect(line(own, `stable ${stable.origin}`)).toMatchObject({ grade: 'ok', says: 'accepts connections' });
  await stable.close();
  const elsewhere = await preflight(folder, { target: serve, proxy: { listen: '127.0.0.1:0' } });
  expect(elsewhere.code).toBe(1);
  expect(line(elsewhere, 'proxy 127.0.0.1:0')).toMatchObject({
    grade: 'fail',
    says: expect.stringContaining(`listens on ${listen} and does not move`),
  });
  expect(line(elsewhere, `stable ${stable.origin}`)).toMatchObject({ grade: 'fail' });
});

test('a certificate that is missing or has another key is found, and one that ends soon or has ended', async () => {
  const folder = await tempDir();
  const [one, other] = [makeCertificate(folder, 'one'), makeCertificate(folder, 'other')];
  const graded = async (certificate: string, key: string): Promise<PreflightLine | undefined> => {
    const told = await preflight(folder, {
      target: serve,
      proxy: { listen: '127.0.0.1:0', tls: { certificate, key } },
    });
    return line(told, `certificate ${certificate}`);
  };
  expect(await graded(one.certificate, other.key)).toMatchObject({
    grade: 'fail',
    says: expect.stringContaining('does not belong to the certificate'),
  });
  expect(await graded(join(folder, 'none.crt'), one.key)).toMatchObject({
    grade: 'fail',
    says: expect.stringContaining("tls.certificate can't be read"),
  });
  const days = (passed: number): number => Date.now() + passed * 86_400_000;
  expect(await certificateLine(one, days(15.5))).toMatchObject({
    grade: 'ok',
    says: expect.stringMatching(/, in 14 days$/),
  });
  expect(await certificateLine(one, days(28.5))).toMatchObject({
    grade: 'warn',
    says: expect.stringMatching(/, in 1 day$/),
    fix: expect.stringContaining('renew it'),
  });
  expect(await certificateLine(one, days(31))).toMatchObject({
    grade: 'fail',
    says: expect.stringContaining('which is over'),
  });
});

test('hosts that answer are told from those that get deploy first; commands that are not there are found', async () => {
  const folder = await tempDir();
  const up = await startAnswering('v1');
  const down = `http://127.0.0.1:${await freePort()}`;
  const spare = `http://127.0.0.1:${await freePort()}`;
  writeFileSync(join(folder, 'back.sh'), 'exit 0\n');
  chmodSync(join(folder, 'back.sh'), 0o644);
  const hosts = [up.origin, down, spare].map((url, at) => ({ name: `web${at + 1}`, url }));
  const commands = { deploy: ['/bin/sh', 'deploy.sh'], promote: ['no-such-playbook'], rollback: ['./back.sh'] };
  const told = await preflight(folder, {
    target: { hosts, commands, cwd: '.' },
    proxy: { listen: '127.0.0.1:0', accessLog: { file: 'none/access.log' } },
  });
  expect(told.code).toBe(1);
  expect(line(told, `access log ${join(folder, 'none/access.log')}`)).toMatchObject({
    grade: 'warn',
    says: expect.stringContaining("it can't be written: ENOENT"),
    fix: expect.stringContaining('served and not logged'),
  });
  expect(line(told, 'host web1')).toMatchObject({ grade: 'ok' });
  expect(line(told, 'host web2')).toMatchObject({ grade: 'skip', says: expect.stringContaining('it gets v1 by') });
  expect(line(told, 'host web3')).toBe(undefined);
  expect(line(told, 'commands.deploy')).toMatchObject({ grade: 'ok', says: 'runs /bin/sh' });
  expect(line(told, 'commands.promote')).toMatchObject({ grade: 'fail', says: 'there is no program no-such-playbook' });
  expect(line(told, 'commands.rollback')).toMatchObject({ grade: 'fail', fix: expect.stringContaining('chmod +x') });
  const nowhere = await preflight(folder, { target: { ...serve, cwd: 'away' }, proxy: { listen: '127.0.0.1:0' } });
  expect(line(nowhere, 'target.cwd')).toMatchObject({ grade: 'fail', says: expect.stringContaining('away') });
});
