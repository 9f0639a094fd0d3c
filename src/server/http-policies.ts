/** Policies as JSON: what is served here, how its earlier releases went, and the rules that the next one is judged by. */
import type { Express, Request } from 'express';
import type { Clock } from '../lib/clock.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { type PolicyHistory, policyHistory } from '../report/history-view.ts';
import type { Controls } from './controls.ts';
import { answer, nameIn, numberIn, type Work } from './http-answer.ts';
import { json, parseBody } from './http-body.ts';
import type { ControlsOf } from './http-review.ts';
import { pastReleases } from './past-releases.ts';
import { parseBackup, parseRestore } from './requests.ts';

const policiesPath = '/api/v1/policies';

const comparedByDefault = 20;
const mostCompared = 100;

export const addPolicies = (app: Express, controlsOf: ControlsOf, clock: Clock): void => {
  const read = (path: string, work: Work): void => void app.get(path, answer(controlsOf, work));
  read(policiesPath, async ({ query }, { controls }) => {
    const name = query['name'];
    const policies = await controls.policies(typeof name === 'string' ? { name } : undefined);
    return policies.ok ? ok({ policies: policies.value }) : policies;
  });
  read(`${policiesPath}/:name/history`, (request, { controls }) => historyOf(controls, request, clock.wallMs()));
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
};

const historyOf = async (controls: Controls, request: Request, nowMs: number): Promise<Result<PolicyHistory>> => {
  const policy = nameIn(request);
  const limit = Math.min(numberIn(request, 'limit', comparedByDefault) || comparedByDefault, mostCompared);
  const [known, past] = await Promise.all([controls.policies(), pastReleases(controls, { policy, limit, nowMs })]);
  if (!known.ok) return known;
  if (!past.ok) return past;
  if (past.value.length === 0 && known.value.every(({ name }) => name !== policy)) return failed(unknown(policy));
  return ok(policyHistory(policy, past.value));
};

const unknown = (policy: string) => ({
  reason: 'NotFound',
  message: `no policy "${policy}" is served here, and none of its releases is kept`,
  retryable: false,
});
