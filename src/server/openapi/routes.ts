/** Every route of the server: what it is asked with, what it answers, and how it fails. */
import { z } from 'zod';
import { actionBodies, actionNames, attestBody, backupBody, restoreBody, stableBody, startBody } from '../requests.ts';
import { ofAlerts } from './alert-route.ts';
import {
  attestation,
  livez,
  me,
  policies,
  policyHistory,
  policyRules,
  queries,
  readyz,
  recording,
  releaseChart,
  stableAnswer,
} from './answers.ts';
import { restoreReport, rollbackPoint } from './backup-answers.ts';
import type { Documented } from './documented.ts';
import { ofRecords } from './record-routes.ts';
import { logEntry, releaseView, text } from './release-answers.ts';
import { deploymentReport } from './report-answer.ts';
import { trends } from './trends-answer.ts';

const releases = '/api/v1/releases';
const release = `${releases}/{name}`;

const orders: Readonly<Record<(typeof actionNames)[number], string>> = {
  pause: 'Hold the weight where it is until somebody resumes.',
  resume: 'Lift pauses and a lowered weight, and answer every open investigation.',
  abort: 'Take the canary back.',
  retry: 'Release a revision again that was rolled back or failed.',
  promote: 'End the bake of this step, or (full) of all of them; with a reason also past a rule without a pass.',
  answer: 'Answer an investigation.',
  note: 'Say that somebody looks at an investigation: it has its whole time again.',
  approve: 'Give an approval that the release waits for, or take it back.',
  override: 'Go on without a gate that has not passed, with a reason that is recorded.',
};

const ofRelease: readonly Documented[] = [
  { method: 'get', path: release, summary: 'One release.', answer: releaseView, failures: [400, 404] },
  {
    method: 'get',
    path: `${release}/log`,
    summary: 'Its decision log, oldest first.',
    query: { after: 'entries behind the so-manieth: `next` of the answer before' },
    answer: z.strictObject({ release: text, entries: z.array(logEntry), next: z.number() }),
    failures: [400, 404],
  },
  {
    method: 'get',
    path: `${release}/chart`,
    summary: 'Series of its rules and weights, at most 500 points each.',
    query: { after: 'only what is newer, epoch ms: `next` of the answer before' },
    answer: releaseChart,
    failures: [400, 404],
  },
  {
    method: 'get',
    path: `${release}/report`,
    summary: 'Its deployment report: JSON, or with `Accept` text/markdown or text/html a document.',
    query: { format: '`json`, `markdown` or `html`: wins over the header' },
    headers: { Accept: 'application/json, text/markdown or text/html' },
    answer: deploymentReport,
    alsoAs: ['text/markdown', 'text/html'],
    failures: [400, 404],
  },
  {
    method: 'get',
    path: `${release}/queries`,
    summary: 'What its rules ask the metrics for.',
    answer: queries,
    failures: [400, 404],
  },
  {
    method: 'get',
    path: `${release}/recording`,
    summary: 'What was read in each look, to be run again.',
    answer: recording,
    failures: [400, 404],
  },
  ...actionNames.map(
    (name): Documented => ({
      method: 'post',
      path: `${release}/${name}`,
      summary: orders[name],
      body: actionBodies[name],
      answer: releaseView,
      failures: [400, 404, 409, 413, 415, 503],
    }),
  ),
];

const attests: readonly Documented[] = [
  {
    method: 'post',
    path: `${release}/attest`,
    summary: 'What another system found out about the revision, for the gates of its policy.',
    body: attestBody,
    answer: releaseView,
    failures: [400, 404, 409, 413, 415, 503],
  },
  {
    method: 'post',
    path: '/api/v1/policies/{name}/attest',
    summary: 'The same before the revision is released: kept for the release that delivers it.',
    body: attestBody,
    answer: attestation,
    failures: [400, 404, 409, 413, 415, 503],
  },
];

const backups: readonly Documented[] = [
  {
    method: 'get',
    path: '/api/v1/policies/{name}/backups',
    summary: 'Its rollback points, newest first.',
    answer: z.strictObject({ points: z.array(rollbackPoint) }),
    failures: [404, 503],
  },
  {
    method: 'post',
    path: '/api/v1/policies/{name}/backup',
    summary: 'Take a backup now.',
    body: backupBody,
    answer: rollbackPoint,
    failures: [400, 404, 409, 413, 415, 503],
  },
  {
    method: 'post',
    path: '/api/v1/policies/{name}/restore',
    summary: 'Bring back what a rollback point has; with dryRun only say what differs.',
    body: restoreBody,
    answer: restoreReport,
    failures: [400, 404, 409, 413, 415, 503],
  },
];

const ofPolicies: readonly Documented[] = [
  {
    method: 'get',
    path: '/api/v1/policies',
    summary: 'The policies that are served here.',
    query: { name: 'only that one' },
    answer: policies,
    failures: [],
  },
  {
    method: 'get',
    path: '/api/v1/policies/{name}/history',
    summary: 'Its releases side by side, newest first.',
    query: { limit: 'how many; 20 unless told otherwise, 1,000 at most' },
    answer: policyHistory,
    failures: [404],
  },
  {
    method: 'get',
    path: '/api/v1/policies/{name}/trends',
    summary: 'How its kept releases change: deployments, failures, time to restore, lead time, duration, errors.',
    query: { by: '`day`, `week` or `month`; unless told otherwise as the time that they span asks for' },
    answer: trends,
    failures: [400, 404],
  },
  {
    method: 'get',
    path: '/api/v1/policies/{name}/rules',
    summary: 'Its rules in their own words, and what they can tell at the traffic there is.',
    answer: policyRules,
    failures: [404],
  },
];

const setsStable: readonly Documented[] = [
  {
    method: 'post',
    path: '/api/v1/policies/{name}/set-stable',
    summary: 'Make a revision that is kept stable, without a release; in a cluster only.',
    body: stableBody,
    answer: stableAnswer,
    failures: [400, 404, 409, 413, 415, 503],
  },
];

export const documented: readonly Documented[] = [
  {
    method: 'get',
    path: releases,
    summary: 'Releases, newest first.',
    query: {
      policy: 'only of this one',
      active: '`true`: only those that run',
      limit: 'how many; 50 unless told otherwise, 1,000 at most',
    },
    answer: z.strictObject({ releases: z.array(releaseView) }),
    failures: [],
  },
  {
    method: 'post',
    path: releases,
    summary: 'Begin a release. The same policy and revision again, while it runs, answers the one that runs.',
    body: startBody,
    answer: releaseView,
    failures: [400, 404, 409, 413, 415, 503],
  },
  ...ofRelease,
  ...attests,
  ...ofPolicies,
  ...backups,
  ...setsStable,
  ...ofRecords,
  ...ofAlerts,
  { method: 'get', path: '/api/v1/me', summary: 'Who asks, and what they may.', answer: me, failures: [] },
  {
    method: 'get',
    path: '/api/v1/events',
    summary:
      'Server-sent events: `release` (something about it changed), `log` (a line of its log), `gap` (events were missed: read the releases anew).',
    query: { release: 'only of this id' },
    headers: { 'Last-Event-ID': 'id of the last event that was read: what came since is sent first' },
    answer: 'text/event-stream',
    failures: [503],
  },
  {
    method: 'get',
    path: '/api/v1/openapi.json',
    summary: 'This document.',
    answer: z.looseObject({ openapi: text }),
    failures: [],
  },
  { method: 'get', path: '/metrics', summary: "Sluice's own metrics.", answer: 'text/plain', failures: [] },
  {
    method: 'get',
    path: '/livez',
    summary: 'Whether the loop makes progress (200) or not (503).',
    answer: livez,
    failures: [503],
    open: true,
  },
  {
    method: 'get',
    path: '/readyz',
    summary: 'Whether everything that is needed is there (200) or not (503).',
    answer: readyz,
    failures: [503],
    open: true,
  },
  { method: 'get', path: '/', summary: 'The page.', answer: 'text/html', failures: [], open: true },
];
