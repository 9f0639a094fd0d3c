/** Releases and orders as JSON: every answer is a view, or a reason and a sentence. */
import type { Express, Request } from 'express';
import type { Clock } from '../lib/clock.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { recordingOf } from '../release/recording.ts';
import type { Release } from '../release/release.ts';
import { type ReleaseChart, releaseChart } from '../report/chart/release-chart.ts';
import type { ReleaseView } from '../report/release-view.ts';
import type { Controls } from './controls.ts';
import { answer, type Desk, nameIn, numberIn, textOf, type Work, wholeLog } from './http-answer.ts';
import { json, parseBody } from './http-body.ts';
import type { ControlsOf } from './http-review.ts';
import { actionNames, isActionName, parseAction, parseAttestation, parseStart } from './requests.ts';
import { queriesOfRelease } from './rule-queries.ts';
import { named, sameRevision, viewOf } from './show-release.ts';

const releasesPath = '/api/v1/releases';

const newestByDefault = 50;

/** Log lines of each release in a list. */
const listedLines = 12;

export const addReleases = (app: Express, controlsOf: ControlsOf, clock: Clock): void => {
  const viewed = async (controls: Controls, found: Result<Release>): Promise<Result<ReleaseView>> =>
    found.ok ? viewOf(controls, found.value, { nowMs: clock.wallMs() }) : found;
  const read = (path: string, work: Work): void => void app.get(path, answer(controlsOf, work));
  const order = (path: string, work: Work): void => void app.post(path, json, answer(controlsOf, work));

  read(releasesPath, async (request, { controls }) => {
    const listed = await controls.releases(filterOf(request));
    if (!listed.ok) return listed;
    const shown = { nowMs: clock.wallMs(), lines: listedLines };
    const views = await Promise.all(listed.value.map((release) => viewOf(controls, release, shown)));
    return views.find((view) => !view.ok) ?? ok({ releases: views.map((view) => (view.ok ? view.value : null)) });
  });
  read(`${releasesPath}/:name`, async (request, { controls }) =>
    viewed(controls, await named(controls, nameIn(request))),
  );
  read(`${releasesPath}/:name/log`, (request, { controls }) => logOf(controls, request));
  read(`${releasesPath}/:name/queries`, async (request, { controls }) => {
    const found = await named(controls, nameIn(request));
    return found.ok ? ok(queriesOfRelease(found.value)) : found;
  });
  read(`${releasesPath}/:name/recording`, (request, { controls }) => recorded(controls, nameIn(request)));
  read(`${releasesPath}/:name/chart`, (request, { controls }) => chartOf(controls, request));
  order(releasesPath, async (request, { caller, controls }) => {
    const start = parseBody(request, (body) => parseStart(body, caller));
    return start.ok ? viewed(controls, await controls.start(start.value)) : start;
  });
  order(`${releasesPath}/:name/attest`, async (request, desk) => viewed(desk.controls, await attested(desk, request)));
  order('/api/v1/policies/:name/attest', async (request, { caller, controls }) => {
    const given = parseBody(request, (body) => parseAttestation(body, caller));
    return given.ok ? controls.attest(nameIn(request), given.value) : given;
  });
  order(`${releasesPath}/:name/:action`, async (request, desk) => viewed(desk.controls, await ordered(desk, request)));
};

const filterOf = (request: Request): Parameters<Controls['releases']>[0] => {
  const { query } = request;
  const policy = textOf(query['policy']);
  return {
    limit: Math.min(numberIn(request, 'limit', newestByDefault) || newestByDefault, 1000),
    ...(policy === '' ? {} : { policy }),
    ...(query['active'] === 'true' ? { active: true } : {}),
  };
};

/** `?after=12`: the entries behind the twelfth. `next` is what to ask for later. */
const logOf = async (controls: Controls, request: Request): Promise<Result<object>> => {
  const found = await named(controls, nameIn(request));
  if (!found.ok) return found;
  const log = await controls.log(found.value.id, wholeLog);
  const from = numberIn(request, 'after', 0);
  return log.ok ? ok({ release: found.value.id, entries: log.value.slice(from), next: log.value.length }) : log;
};

/** `?after=`: epoch ms; what came later. */
const chartOf = async (controls: Controls, request: Request): Promise<Result<ReleaseChart>> => {
  const found = await named(controls, nameIn(request));
  if (!found.ok) return found;
  const release = found.value;
  const [journal, log] = await Promise.all([controls.journal(release.id), controls.log(release.id, wholeLog)]);
  if (!journal.ok) return journal;
  if (!log.ok) return log;
  return ok(releaseChart({ release, journal: journal.value, log: log.value, afterMs: numberIn(request, 'after', 0) }));
};

/** To be run again: `sluice rules test --record`. While the release runs, it is what was read so far. */
const recorded = async (controls: Controls, name: string): Promise<Result<object>> => {
  const found = await named(controls, name);
  if (!found.ok) return found;
  const [journal, log] = await Promise.all([controls.journal(found.value.id), controls.log(found.value.id, wholeLog)]);
  if (!journal.ok) return journal;
  return log.ok ? ok(recordingOf(found.value, journal.value, log.value)) : log;
};

const ordered = async ({ caller, controls }: Desk, request: Request): Promise<Result<Release>> => {
  const name = textOf(request.params['action']);
  if (!isActionName(name)) return failed(unknownAction(name));
  const order = parseBody(request, (body) => parseAction(name, body, caller));
  if (!order.ok) return order;
  const found = await named(controls, nameIn(request));
  const same = found.ok ? sameRevision(found.value, order.value.revision) : found;
  return same.ok ? controls.act(same.value.id, order.value.action) : same;
};

/** For the revision of a release that is there; the answer is the release. */
const attested = async ({ caller, controls }: Desk, request: Request): Promise<Result<Release>> => {
  const given = parseBody(request, (body) => parseAttestation(body, caller));
  if (!given.ok) return given;
  const found = await named(controls, nameIn(request));
  const same = found.ok ? sameRevision(found.value, given.value.revision) : found;
  if (!same.ok) return same;
  const kept = await controls.attest(same.value.policy, given.value);
  return kept.ok ? same : kept;
};

const unknownAction = (name: string) => ({
  reason: 'NotFound',
  message: `a release can't be told to "${name}"; it can be told to ${actionNames.join(', ')}`,
  retryable: false,
});
