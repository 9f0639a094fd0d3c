/** Which release a command is about: the one that was named, or the only one that can be meant. */
import { failed, ok, type Result } from '../lib/result.ts';
import type { ReleaseView } from '../report/release-view.ts';
import type { ApiClient } from './api-client.ts';

/** Without a name: the only one that runs, or where none runs the newest. */
export const pickRelease = async (
  api: Pick<ApiClient, 'release' | 'releases'>,
  name: string | undefined,
): Promise<Result<ReleaseView>> => {
  if (name !== undefined) return api.release(name);
  const listed = await api.releases();
  if (!listed.ok) return listed;
  const running = listed.value.filter(({ ended }) => !ended);
  const [only, second] = running.length > 0 ? running : listed.value.slice(0, 1);
  if (only === undefined) return failed(none);
  return second === undefined ? ok(only) : failed(several(running));
};

const none = {
  reason: 'NotFound',
  message:
    'there is no release yet: begin one with `sluice start POLICY --revision NAME --command LINE`, or in a cluster by changing the Deployment of a policy',
  retryable: false,
};

const several = (running: readonly ReleaseView[]) => ({
  reason: 'Ambiguous',
  message: `${running.length} releases run, name one: ${running.map(({ id }) => id).join(', ')}`,
  retryable: false,
});
