/** GitHub: a deployment a release, and a status for each of its milestones. */
import { type Call, type Channel, jsonCall, readStatus, replyText } from '../channel.ts';
import type { Notice } from '../message.ts';
import { clipped } from '../wording.ts';

/** By milestone; a milestone that is none of these is no status. */
const states: Readonly<Record<string, 'in_progress' | 'success' | 'failure' | 'error'>> = {
  ReleaseStarted: 'in_progress',
  Promoted: 'success',
  Succeeded: 'success',
  RolledBack: 'failure',
  Failed: 'error',
};

export interface GithubRepository {
  readonly api: string;
  readonly repository: string;
  readonly environment: string;
  readonly token: string;
}

const deploymentOf = ({ policy, releases, revision }: Notice, environment: string) => ({
  ref: revision,
  environment,
  auto_merge: false,
  required_contexts: [],
  description: clipped(`Sluice: ${policy} ${revision}`, 140),
  payload: { policy, release: releases[0] ?? '' },
});

const statusOf = ({ links, reason, text }: Notice) => {
  const page = links.find((link) => link.text === 'page')?.href;
  return {
    state: states[reason] ?? 'in_progress',
    description: clipped(text, 140),
    auto_inactive: false,
    ...(page === undefined ? {} : { log_url: page }),
  };
};

export const github = ({ api, environment, repository, token }: GithubRepository): Channel => {
  const call = (path: string, body: object): Call =>
    jsonCall(`${api}/repos/${repository}/deployments${path}`, body, {
      authorization: `Bearer ${token}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
    });
  return {
    next: ({ done, kept, notice }) => {
      if (notice.urgency !== 'tell' || states[notice.reason] === undefined) return null;
      const id = kept?.['deployment'];
      if (id === undefined) return done > 0 ? null : call('', deploymentOf(notice, environment));
      const due = kept?.['first'] === notice.id ? 1 : 0;
      return done > due ? null : call(`/${encodeURIComponent(id)}/statuses`, statusOf(notice));
    },
    read: (reply, { kept, notice }) => {
      const status = readStatus(reply, kept);
      if (status.kind !== 'taken' || kept !== null) return status;
      const id = replyText(reply, 'id');
      return id === ''
        ? { kind: 'refused', why: 'answered without the id of the deployment' }
        : { kind: 'taken', kept: { deployment: id, first: notice.id } };
    },
  };
};
