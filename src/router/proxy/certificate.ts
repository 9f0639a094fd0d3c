/** A certificate and its key, read from files and checked before anybody is shown them. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { messageOf } from '../../lib/message-of.ts';
import { failed, ok, type Result } from '../../lib/result.ts';

/** Absolute paths of PEM files. */
export interface CertificateFiles {
  /** The server's certificate, and after it those between it and the authority. */
  readonly certificate: string;
  readonly key: string;
}

export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** For the log: whose it is. */
  readonly subject: string;
  readonly expiresAtMs: number;
}

/** Longer than any chain; a wrong path may lead to a file of any size. */
const mostBytes = 1_048_576;

/** Errors: `CertificateUnusable`, with the file and what is wrong with it. */
export async function readCertificate(files: CertificateFiles): Promise<Result<Certificate>> {
  const cert = await read('certificate', files.certificate);
  if (!cert.ok) return cert;
  const key = await read('key', files.key);
  if (!key.ok) return key;
  const leaf = parsed(() => new X509Certificate(cert.value));
  if (!leaf.ok) return unusable(`${files.certificate} holds no certificate in PEM form (${leaf.error})`);
  const secret = parsed(() => createPrivateKey(key.value));
  if (!secret.ok) return unusable(`${files.key} holds ${keyTrouble(key.value)} (${secret.error})`);
  return joined(files, { cert: cert.value, key: key.value, leaf: leaf.value, secret: secret.value });
}

interface Parts extends Pick<Certificate, 'cert' | 'key'> {
  readonly leaf: X509Certificate;
  readonly secret: KeyObject;
}

function joined(files: CertificateFiles, { cert, key, leaf, secret }: Parts): Result<Certificate> {
  if (!leaf.checkPrivateKey(secret)) {
    return unusable(`the key in ${files.key} does not belong to the certificate in ${files.certificate}`);
  }
  const context = parsed(() => createSecureContext({ cert, key }));
  if (!context.ok) return unusable(`${files.certificate} and ${files.key} can't be used: ${context.error}`);
  return ok({
    cert,
    key,
    subject: leaf.subjectAltName ?? leaf.subject,
    expiresAtMs: leaf.validToDate.getTime(),
  });
}

const keyTrouble = (key: Buffer): string =>
  key.includes('ENCRYPTED') ? 'a key behind a passphrase: store it without one' : 'no private key in PEM form';

async function read(word: string, path: string): Promise<Result<Buffer>> {
  try {
    const bytes = await readFile(path);
    return bytes.length <= mostBytes ? ok(bytes) : unusable(`tls.${word} ${path} is larger than a ${word} can be`);
  } catch (error) {
    return unusable(`tls.${word} can't be read: ${messageOf(error)}`);
  }
}

function parsed<T>(parse: () => T): Result<T, string> {
  try {
    return ok(parse());
  } catch (error) {
    return failed(messageOf(error));
  }
}

const unusable = (message: string): Result<never> =>
  failed({ reason: 'CertificateUnusable', message, retryable: false });
