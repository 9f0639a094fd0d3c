/** Names of releases and policies, asked from a running controller; none in time: no names. */
import type { ReleaseView } from '../../report/release-view.ts';
import type { ApiClient } from '../api-client.ts';
import type { Candidate } from './candidates.ts';

/** Policies too: each stands for its newest release. */
export const knownReleases = async (api: ApiClient): Promise<readonly Candidate[]> => {
  const [listed, policies] = await Promise.all([api.releases(), knownPolicies(api)]);
  const views = listed.ok ? listed.value : [];
  const newest = policies.filter(({ word }) => views.some(({ policy }) => policy === word));
  return [...newest, ...views.toSorted(runningFirst).map(ofRelease)];
};

export const knownPolicies = async (api: ApiClient): Promise<readonly Candidate[]> => {
  const listed = await api.policies();
  return listed.ok
    ? listed.value.map(({ name, stable }) => ({ word: name, means: `stable: ${stable ?? 'none'}` }))
    : [];
};

const runningFirst = (a: ReleaseView, b: ReleaseView): number => Number(a.ended) - Number(b.ended);

const ofRelease = ({ id, phase, policy, revision }: ReleaseView): Candidate => ({
  word: id,
  means: `${policy} ${revision}, ${phase}`,
});
