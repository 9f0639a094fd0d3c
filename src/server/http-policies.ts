/** Policies as JSON: what is served here, how its earlier releases went, and the rules that the next one is judged by. */
import type { Express, Request } from 'express';
import type { Clock } from '../lib/clock.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { type PastRelease, type PolicyHistory, policyHistory } from '../report/history-view.ts';
import { stableView } from '../report/stable-view.ts';
import { periods } from '../report/trends/period.ts';
import { type Trends, trendsOf } from '../report/trends/trends.ts';
import type { Controls } from './controls.ts';
import { answer, nameIn, numberIn, textOf, type Work } from './http-answer.ts';
import { json, parseBody } from './http-body.ts';
import type { ControlsOf } from './http-review.ts';
import type { PastReleases } from './past-releases.ts';
import { parseBackup, parseRestore, parseStable } from './requests.ts';

const policiesPath = '/api/v1/policies';

const comparedByDefault = 20;
const mostCompared = 1_000;

export interface PoliciesScene {
  readonly controlsOf: ControlsOf;
  readonly clock: Clock;
  readonly past: PastReleases;
}

export const addPolicies = (app: Express, { clock, controlsOf, past }: PoliciesScene): void => {
  const read = (path: string, work: Work): void => void app.get(path, answer(controlsOf, work));
  read(policiesPath, async ({ query }, { controls }) => {
    const name = query['name'];
    const policies = await controls.policies(typeof name === 'string' ? { name } : undefined);
    return policies.ok ? ok({ policies: policies.value }) : policies;
  });
  const reading = (controls: Controls): Reading => ({ controls, past, nowMs: clock.wallMs() });
  read(`${policiesPath}/:name/history`, (request, { controls }) => historyOf(reading(controls), request));
  read(`${policiesPath}/:name/trends`, (request, { controls }) => trendsIn(reading(controls), request));
  read(`${policiesPath}/:name/rules`, (request, { controls }) => controls.rules(nameIn(request)));
  read(`${policiesPath}/:name/backups`, async (request, { controls }) => {
    const points = await controls.backups(nameIn(request));
    return points.ok ? ok({ points: points.value }) : points;
  });
  const order = (path: string, work: Work): void => void app.post(path, json, answer(controlsOf, work));
  order(`${policiesPath}/:name/backup`, async (request, { caller, controls }) => {
    const given = parseBody(request, (body) => parseBackup(body, caller));
    return given.ok ? controls.backup(nameIn(request), given.value) : given;
  });
  order(`${policiesPath}/:name/restore`, async (request, { caller, controls }) => {
    const given = parseBody(request, (body) => parseRestore(body, caller));
    return given.ok ? controls.restore(nameIn(request), given.value) : given;
  });
  order(`${policiesPath}/:name/set-stable`, async (request, { caller, controls }) => {
    const given = parseBody(request, (body) => parseStable(body, caller));
    const after = given.ok ? await controls.setStable(nameIn(request), given.value) : given;
    return after.ok ? ok(stableView(after.value)) : after;
  });
};

interface Reading {
  readonly controls: Controls;
  readonly past: PastReleases;
  readonly nowMs: number;
}

const historyOf = async (reading: Reading, request: Request): Promise<Result<PolicyHistory>> => {
  const limit = Math.min(numberIn(request, 'limit', comparedByDefault) || comparedByDefault, mostCompared);
  const past = await pastOf(reading, nameIn(request), limit);
  return past.ok ? ok(policyHistory(nameIn(request), past.value)) : past;
};

/** Over all that are kept. */
const trendsIn = async (reading: Reading, request: Request): Promise<Result<Trends>> => {
  const policy = nameIn(request);
  const by = textOf(request.query['by']);
  const period = periods.find((each) => each === by);
  if (by !== '' && period === undefined) return failed(noPeriod(by));
  const past = await pastOf(reading, policy, mostCompared);
  if (!past.ok) return past;
  const { nowMs } = reading;
  return ok(trendsOf({ policy, releases: past.value, nowMs, ...(period === undefined ? {} : { period }) }));
};

const pastOf = async (
  { controls, nowMs, past }: Reading,
  policy: string,
  limit: number,
): Promise<Result<readonly PastRelease[]>> => {
  const [known, read] = await Promise.all([controls.policies(), past.read(controls, { policy, limit, nowMs })]);
  if (!known.ok) return known;
  if (!read.ok) return read;
  const isKnown = read.value.length > 0 || known.value.some(({ name }) => name === policy);
  return isKnown ? read : failed(unknown(policy));
};

const noPeriod = (by: string) => ({
  reason: 'Invalid',
  message: `trends come by ${periods.join(', ')}, not by "${by}"`,
  retryable: false,
});

const unknown = (policy: string) => ({
  reason: 'NotFound',
  message: `no policy "${policy}" is served here, and none of its releases is kept`,
  retryable: false,
});
