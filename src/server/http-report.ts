/** The deployment report in the form that is asked for: JSON, Markdown, or a page of its own; one model behind all three. */
import type { Express, Request, Response } from 'express';
import type { Clock } from '../lib/clock.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import { type DeploymentReport, deploymentReport } from '../report/deployment/deployment-report.ts';
import { reportHtml, reportPolicy } from '../report/deployment/html.ts';
import { reportMarkdown } from '../report/deployment/markdown.ts';
import type { Controls } from './controls.ts';
import { nameIn, textOf, wholeLog } from './http-answer.ts';
import { refuse } from './http-errors.ts';
import type { ControlsOf } from './http-review.ts';
import type { PastReleases } from './past-releases.ts';
import { named } from './show-release.ts';

const reportPath = '/api/v1/releases/:name/report';

/** The release itself and those before it, which trends are taken from. */
const compared = 100;

export interface ReportScene {
  readonly controlsOf: ControlsOf;
  readonly clock: Clock;
  readonly past: PastReleases;
}

export const addReport = (app: Express, { clock, controlsOf, past }: ReportScene): void =>
  void app.get(reportPath, async (request, response) => {
    const form = formOf(request);
    if (!form.ok) return refuse(request, response, form.error);
    const report = await reportOf({ controls: controlsOf(response), past, nowMs: clock.wallMs() }, nameIn(request));
    if (!report.ok) return refuse(request, response, report.error);
    send[form.value](response.set('Vary', 'Accept'), report.value);
  });

type Form = 'json' | 'markdown' | 'html';

const media: Readonly<Record<Form, string>> = {
  json: 'application/json',
  markdown: 'text/markdown',
  html: 'text/html',
};

const send: Readonly<Record<Form, (response: Response, report: DeploymentReport) => void>> = {
  json: (response, report) => void response.json(report),
  markdown: (response, report) => void response.type('text/markdown; charset=utf-8').send(reportMarkdown(report)),
  html: (response, report) =>
    void response
      .set('Content-Security-Policy', `${reportPolicy}; frame-ancestors 'none'`)
      .type('text/html; charset=utf-8')
      .send(reportHtml(report)),
};

/** `?format=` wins over the header; whoever takes anything gets JSON. */
const formOf = (request: Request): Result<Form> => {
  const asked = textOf(request.query['format']);
  const forms = Object.keys(media) as readonly Form[];
  const form = asked === '' ? acceptedOf(request) : forms.find((each) => each === asked);
  if (form !== undefined) return ok(form);
  const message = `a report comes as ${forms.join(', ')}: ask with ?format=, or accept ${Object.values(media).join(', ')}`;
  return failed({ reason: 'Invalid', message, retryable: false });
};

const acceptedOf = (request: Request): Form | undefined => {
  const accepted = request.accepts(Object.values(media));
  return (Object.keys(media) as readonly Form[]).find((form) => media[form] === accepted);
};

interface Reading {
  readonly controls: Controls;
  readonly past: PastReleases;
  readonly nowMs: number;
}

const reportOf = async ({ controls, nowMs, past }: Reading, name: string): Promise<Result<DeploymentReport>> => {
  const found = await named(controls, name);
  if (!found.ok) return found;
  const release = found.value;
  const [log, journal, policy, earlier] = await Promise.all([
    controls.log(release.id, wholeLog),
    controls.journal(release.id),
    controls.policy(release.policy),
    past.read(controls, { policy: release.policy, upTo: release.id, limit: compared, nowMs }),
  ]);
  if (!log.ok) return log;
  if (!journal.ok) return journal;
  if (!policy.ok) return policy;
  if (!earlier.ok) return earlier;
  const told = { release, policy: policy.value, log: log.value, journal: journal.value, earlier: earlier.value, nowMs };
  return ok(deploymentReport(told));
};
