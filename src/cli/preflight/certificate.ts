/** The certificate that the built-in proxy shows its users: readable, with its key, and for how long. */
import { type CertificateFiles, readCertificate } from '../../router/proxy/certificate.ts';
import { renewalDueMs } from '../../router/renewal.ts';
import { fine, type PreflightLine } from './line.ts';

export async function certificateLine(files: CertificateFiles, nowMs: number): Promise<PreflightLine> {
  const subject = `certificate ${files.certificate}`;
  const read = await readCertificate(files);
  if (!read.ok)
    return { grade: 'fail', subject, says: read.error.message, fix: 'put both files right: traffic.proxy.tls' };
  const { expiresAtMs, subject: names } = read.value;
  const leftMs = expiresAtMs - nowMs;
  const until = `for ${names}, with its key; it ends at ${new Date(expiresAtMs).toISOString()}`;
  const fix = 'renew it in its files: they are read again as they change';
  if (leftMs <= 0) return { grade: 'fail', subject, says: `${until}, which is over: users refuse it`, fix };
  const says = `${until}, in ${daysIn(leftMs)}`;
  return leftMs < renewalDueMs ? { grade: 'warn', subject, says, fix } : fine(subject, says);
}

function daysIn(ms: number): string {
  const days = Math.floor(ms / 86_400_000);
  return days === 1 ? '1 day' : `${days} days`;
}
