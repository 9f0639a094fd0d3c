import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { atTestEnd } from '../support/at-end.ts';
import { makeCertificate } from '../support/certificate-files.ts';
import { needs } from '../support/needs.ts';
import { tempDir } from '../support/temp-dir.ts';
import { Api } from './api/api.ts';
import { accessIn, foreignKubeconfig } from './foreign-cluster.ts';

async function kubeconfig(cluster: object, user: object): Promise<string> {
  const file = join(await tempDir(), 'kubeconfig');
  const config = {
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'c' },
    clusters: [{ name: 'c', cluster }],
    users: [{ name: 'c', user }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'c' } }],
  };
  await writeFile(file, JSON.stringify(config));
  return file;
}

describe('a cluster that is nobody’s lab', () => {
  it('is meant only where it is named for the tests: whatever KUBECONFIG names is left alone', () => {
    expect(foreignKubeconfig({ KUBECONFIG: '/home/me/production' })).toBeNull();
    expect(foreignKubeconfig({ SLUICE_TEST_KUBECONFIG: '/tmp/kind' })).toBe('/tmp/kind');
  });

  it('is not entered without a token or a certificate', async () => {
    const file = await kubeconfig({ server: 'https://127.0.0.1:1' }, {});
    await expect(accessIn(file)).rejects.toThrow('neither a token nor a client certificate');
  });

  it('is entered by a token', async () => {
    const file = await kubeconfig({ server: 'https://127.0.0.1:1/' }, { token: 'secret' });
    expect(await accessIn(file)).toEqual({ server: 'https://127.0.0.1:1', token: 'secret', ca: null });
  });

  it.runIf(needs('openssl'))('is entered by the certificate of a kubeconfig, in it or in files beside it', async () => {
    const folder = await tempDir();
    const [server, person] = [makeCertificate(folder, 'localhost'), makeCertificate(folder, 'person')];
    const answering = createServer(
      {
        ...{ cert: server.pem(), key: readFileSync(server.key), ca: person.pem() },
        ...{ requestCert: true, rejectUnauthorized: true },
      },
      ({ headers, socket }, response) => {
        const who = socket instanceof TLSSocket ? socket.getPeerCertificate().subject.CN : null;
        response.end(JSON.stringify({ who, token: headers.authorization ?? null }));
      },
    );
    await new Promise<void>((resolve) => answering.listen(0, '127.0.0.1', resolve));
    atTestEnd(() => void answering.close().closeAllConnections());
    const address = `https://localhost:${(answering.address() as AddressInfo).port}`;
    const data = (file: string): string => readFileSync(file).toString('base64');
    const inline = await kubeconfig(
      { server: address, 'certificate-authority-data': data(server.certificate) },
      { 'client-certificate-data': data(person.certificate), 'client-key-data': data(person.key) },
    );
    const inFiles = await kubeconfig(
      { server: address, 'certificate-authority': server.certificate },
      { 'client-certificate': person.certificate, 'client-key': person.key },
    );
    for (const file of [inline, inFiles]) {
      const api = new Api(await accessIn(file));
      expect(await api.get('/')).toEqual({ who: 'person', token: null });
      await api.close();
    }
  });
});
