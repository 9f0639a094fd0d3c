/** Faults put into running instances of the sample service, by its control path. */
import axios from 'axios';
import type { Workload } from '../../workload/workload.ts';
import type { SampleFaults } from './sample-faults.ts';

const timeoutMs = 2_000;

export interface Injection {
  readonly workload: Workload;
  /** Null: into every revision. */
  readonly revision: string | null;
  readonly faults: Partial<SampleFaults>;
}

/** Answers how many instances took it; one that is just ending is no failure. */
export async function inject({ workload, revision, faults }: Injection): Promise<number> {
  const seen = await workload.observe();
  if (!seen.ok) return 0;
  const urls = seen.value.revisions
    .filter((each) => revision === null || each.revision === revision)
    .flatMap(({ instances }) => instances.filter(({ state }) => state !== 'exited').map(({ url }) => url));
  const taken = await Promise.all(urls.map((url) => post(new URL('/_control', url), faults)));
  return taken.filter(Boolean).length;
}

const post = (url: URL, faults: Partial<SampleFaults>): Promise<boolean> =>
  axios.post(url.href, faults, { timeout: timeoutMs, proxy: false, maxRedirects: 0 }).then(
    () => true,
    () => false,
  );
