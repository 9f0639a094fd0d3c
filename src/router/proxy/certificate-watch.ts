/** Takes up a renewed certificate when its files change; a broken one changes nothing but what is said about it. */
import { stat } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../lib/message-of.ts';
import { failed, type Result } from '../../lib/result.ts';
import { type Certificate, type CertificateFiles, readCertificate } from './certificate.ts';

export interface WatchOptions {
  readonly files: CertificateFiles;
  /** Read already, and in force. */
  readonly present: Certificate;
  readonly renewed: (certificate: Certificate) => void;
  /** The files are of no use; what was in force stays so. */
  readonly refused: (message: string) => void;
  /** Between two looks; a change is taken up after two. Default 500. */
  readonly pollMs?: number;
}

/**
 *   look ──► another file than before? ──► stands still? ──► read ──► good: renewed, in force from the next handshake
 *                                                              └────► bad: refused, the old one stays
 */
export class CertificateWatch {
  readonly #options: WatchOptions;
  readonly #stop = new AbortController();
  #present: Certificate;
  #problem: string | null = null;

  constructor(options: WatchOptions) {
    this.#options = options;
    this.#present = options.present;
    void this.#watch();
  }

  get present(): Certificate {
    return this.#present;
  }

  /** Why the files as they are now are not in force; null: they are. */
  get problem(): string | null {
    return this.#problem;
  }

  close(): void {
    this.#stop.abort();
  }

  async #watch(): Promise<void> {
    const { files, pollMs = 500 } = this.#options;
    const { signal } = this.#stop;
    let before = '';
    // Empty: what was read before the first look may be older than what it sees.
    let takenUp = '';
    while (!signal.aborted) {
      const now = await look(files);
      if (now === before && now !== takenUp) {
        takenUp = now;
        this.#take(await readCertificate(files));
      }
      before = now;
      await delay(pollMs, undefined, { signal, ref: false }).catch(() => {});
    }
  }

  #take(read: Result<Certificate>): void {
    const usable = read.ok ? unexpired(read.value, this.#present) : read;
    if (!usable.ok) {
      this.#problem = usable.error.message;
      return this.#options.refused(usable.error.message);
    }
    this.#problem = null;
    if (usable.value.cert.equals(this.#present.cert) && usable.value.key.equals(this.#present.key)) return;
    this.#present = usable.value;
    this.#options.renewed(usable.value);
  }
}

/** One that is over is no renewal. */
function unexpired(read: Certificate, present: Certificate): Result<Certificate> {
  if (read.expiresAtMs > Date.now() || read.expiresAtMs >= present.expiresAtMs) return { ok: true, value: read };
  const message = `the new certificate expired at ${new Date(read.expiresAtMs).toISOString()}`;
  return failed({ reason: 'CertificateUnusable', message, retryable: false });
}

/** A text that changes whenever one of the files does, also behind a symbolic link. */
const look = async ({ certificate, key }: CertificateFiles): Promise<string> =>
  (await Promise.all([certificate, key].map(fingerprint))).join(' / ');

async function fingerprint(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ');
  } catch (error) {
    return messageOf(error);
  }
}
