/** The certificate that users are shown: none, or one that is read again whenever its files change. */
import type { Logger } from 'pino';
import { ok, type Result } from '../../lib/result.ts';
import { type Certificate, type CertificateFiles, readCertificate } from './certificate.ts';
import { CertificateWatch } from './certificate-watch.ts';

export interface CertificatesOptions {
  readonly log: Logger;
  /** From the next connection on; null: unencrypted. */
  readonly show: (certificate: Certificate | null) => void;
}

/** For whoever asks how it stands. */
export interface CertificateState {
  /** Names that it is for. */
  readonly subject: string;
  readonly expiresAtMs: number;
  /** Why the files as they are now are not in force; null: they are. */
  readonly problem: string | null;
}

/**
 *   use(files) ──► read ──► unusable: nothing changes, error
 *                    └────► shown, and watched ──► files change ──► usable: shown, logged │ not: logged, the old one stays
 */
export class Certificates {
  readonly #options: CertificatesOptions;
  #files: CertificateFiles | null = null;
  #watch: CertificateWatch | null = null;

  constructor(options: CertificatesOptions) {
    this.#options = options;
  }

  /** Null: connections come unencrypted, or no certificate was shown yet. */
  get state(): CertificateState | null {
    if (this.#watch === null) return null;
    const { present, problem } = this.#watch;
    return { subject: present.subject, expiresAtMs: present.expiresAtMs, problem };
  }

  async use(files: CertificateFiles | null): Promise<Result<void>> {
    if (files?.certificate === this.#files?.certificate && files?.key === this.#files?.key) return ok(undefined);
    const read = files === null ? ok(null) : await readCertificate(files);
    if (!read.ok) return read;
    this.#watch?.close();
    this.#files = files;
    this.#watch = files === null || read.value === null ? null : this.#watchOver(files, read.value);
    this.#options.show(read.value);
    if (read.value !== null) this.#tell(read.value, 'certificate in force');
    return ok(undefined);
  }

  close(): void {
    this.#watch?.close();
  }

  #watchOver(files: CertificateFiles, present: Certificate): CertificateWatch {
    const { log, show } = this.#options;
    return new CertificateWatch({
      files,
      present,
      renewed: (certificate) => {
        show(certificate);
        this.#tell(certificate, 'certificate renewed');
      },
      refused: (message) => log.error({ message }, 'new certificate not taken, the old one stays in force'),
    });
  }

  #tell({ subject, expiresAtMs }: Certificate, message: 'certificate in force' | 'certificate renewed'): void {
    const expires = new Date(expiresAtMs).toISOString();
    if (expiresAtMs > Date.now()) this.#options.log.info({ subject, expires }, message);
    else this.#options.log.error({ subject, expires }, 'the certificate in force has expired');
  }
}
