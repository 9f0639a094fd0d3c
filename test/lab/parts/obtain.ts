/** Makes all parts of a lab that are not there yet: from outside of its network, because registries are not inside. */
import { howToInstall, locate } from '../../support/needs.ts';
import { isCached, obtain } from './cache.ts';
import { type Extent, partsOf } from './parts.ts';
import type { Progress } from './progress.ts';

export async function obtainParts(extent: Extent, progress: Progress): Promise<void> {
  for (const part of partsOf(extent)) await obtain(part, { progress });
}

/** Null when all parts are there; otherwise a sentence. */
export function missingParts(extent: Extent): string | null {
  const absent = partsOf(extent).filter((part) => !isCached(part));
  if (absent.length === 0) return extent === 'bare' ? null : missingDebian();
  return `${absent.map(({ name }) => name).join(', ')} not made yet: npm run lab -- parts`;
}

/** Prometheus and Alertmanager are Debian's. */
function missingDebian(): string | null {
  const missing = (['prometheus', 'prometheus-alertmanager'] as const).filter((program) => locate(program) === null);
  return missing.length === 0 ? null : howToInstall(missing);
}
