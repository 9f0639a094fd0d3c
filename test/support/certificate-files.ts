/** Self-signed certificates in files of a test, made by openssl. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';

export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
  /** To be trusted by clients. */
  pem(): string;
}

/** For a host name, as `folder/NAME.crt` and `.key`. */
export function makeCertificate(folder: string, name: string): TestCertificate {
  const [certificate, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'];
  const { status, stderr } = spawnSync(
    'openssl',
    [...made, '-keyout', key, '-out', certificate, '-subj', `/CN=${name}`, '-addext', `subjectAltName=DNS:${name}`],
    { encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`openssl: ${stderr}`);
  return { certificate, key, pem: () => readFileSync(certificate, 'utf8') };
}

/** Puts the content of one certificate in another's files. */
export async function replaceCertificate(old: TestCertificate, renewed: TestCertificate): Promise<void> {
  await cp(renewed.key, old.key);
  await cp(renewed.certificate, old.certificate);
}
