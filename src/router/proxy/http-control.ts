/** The control API of the proxy: JSON over HTTP on its own UNIX socket; every change takes effect for the next request. */
import express, { type ErrorRequestHandler, type Express, type RequestHandler, type Response } from 'express';
import type { z } from 'zod';
import { failed, ok, type Result } from '../../lib/result.ts';
import type { WriteFailure, WriteProblem } from '../router.ts';
import { fenced } from '../write-objections.ts';
import {
  backendChange,
  drainRequest,
  type ProxyState,
  renewRequest,
  settingsChange,
  settleRequest,
  stopRequest,
  weightWrite,
} from './protocol.ts';
import type { ProxyPlane } from './proxy-plane.ts';
import { areInForce, type ProxySettings } from './settings.ts';

export interface ControlOptions {
  readonly plane: ProxyPlane;
  readonly describe: () => ProxyState;
  readonly configure: (settings: ProxySettings) => Promise<Result<void>>;
  /** A controller in office has said that it lives. */
  readonly renewed: () => void;
  /** A change was made, for the log. */
  readonly changed: (call: string, change: object) => void;
  readonly stop: () => void;
}

const statusOf: Readonly<Record<WriteFailure, number>> = {
  Conflict: 409,
  Fenced: 412,
  Refused: 422,
  Unknown: 500,
  Unreachable: 503,
};

export function createControl(options: ControlOptions): Express {
  const { plane, describe, renewed } = options;
  const app = bareServer();
  app.use(express.json({ limit: '256kb', type: () => true }));
  app.get('/state', (_request, response) => void response.json(describe()));
  app.get('/metrics', metricsOf(plane));
  app.post(
    '/weights',
    call(options, weightWrite, (write) => done(plane.write(write))),
  );
  app.post(
    '/backends',
    call(options, backendChange, (change) => done(plane.point(change))),
  );
  app.post(
    '/settle',
    call(options, settleRequest, ({ epoch }) => done(plane.settle(epoch))),
  );
  app.post(
    '/renew',
    call(options, renewRequest, ({ epoch }) => {
      const objection = fenced(plane.route, epoch);
      if (objection === null) renewed();
      return done(objection);
    }),
  );
  app.post(
    '/drain',
    call(options, drainRequest, ({ epoch }) => plane.drain(epoch)),
  );
  app.post('/settings', settingsCall(options));
  app.post('/stop', stopCall(options));
  return withErrors(app);
}

/** Only the metrics, for an address that others can reach. */
export const createMetricsServer = (plane: ProxyPlane): Express =>
  withErrors(bareServer().get('/metrics', metricsOf(plane)));

/** What the answer tells besides the state. */
type Told = Pick<ProxyState, 'ended'>;

const done = (objection: WriteProblem | null): Result<Told, WriteProblem> =>
  objection === null ? ok({}) : failed(objection);

function call<Schema extends z.ZodType<object>>(
  { plane, describe, changed }: ControlOptions,
  schema: Schema,
  make: (body: z.infer<Schema>) => Result<Told, WriteProblem>,
): RequestHandler {
  return async (request, response) => {
    const body = schema.safeParse(request.body);
    if (!body.success) return refuse(response, refused(sentence(body.error)), describe());
    const before = plane.route;
    const made = make(body.data);
    if (!made.ok) return refuse(response, made.error, describe());
    if (plane.route !== before || made.value.ended !== undefined)
      changed(request.path, { ...body.data, ...made.value });
    await plane.savedOrLate();
    response.json({ ...describe(), ...made.value });
  };
}

/** One after the other, so that the last word is that of the controller in office; whoever speaks with a higher epoch is, from then on. */
function settingsCall({ plane, describe, configure, changed }: ControlOptions): RequestHandler {
  const change = async (path: string, body: unknown): Promise<WriteProblem | null> => {
    const asked = settingsChange.safeParse(body);
    if (!asked.success) return refused(sentence(asked.error));
    const { epoch, settings } = asked.data;
    const objection = epoch === plane.route.epoch ? null : plane.settle(epoch);
    if (objection !== null || areInForce(settings, plane.settings)) return objection;
    const configured = await configure(settings);
    if (!configured.ok) return refused(configured.error.message);
    changed(path, asked.data);
    return null;
  };
  let last: Promise<unknown> = Promise.resolve();
  return async ({ body, path }, response) => {
    const made = last.then(() => change(path, body));
    last = made.catch(() => {});
    const problem = await made;
    if (problem !== null) return refuse(response, problem, describe());
    await plane.savedOrLate();
    response.json(describe());
  };
}

function stopCall({ plane, describe, stop }: ControlOptions): RequestHandler {
  return ({ body }, response) => {
    const asked = stopRequest.safeParse(body);
    const problem = asked.success ? fenced(plane.route, asked.data.epoch) : refused(sentence(asked.error));
    if (problem !== null) return refuse(response, problem, describe());
    response.on('finish', stop);
    response.json(describe());
  };
}

const refused = (message: string): WriteProblem => ({ reason: 'Refused', message });

function refuse(response: Response, problem: WriteProblem, state: ProxyState): void {
  response.status(statusOf[problem.reason]).json({ ...problem, state });
}

const metricsOf =
  ({ metrics }: ProxyPlane): RequestHandler =>
  async (_request, response) => {
    const text = await metrics.registry.metrics();
    response.set('content-type', metrics.registry.contentType).send(text);
  };

const bareServer = (): Express => express().disable('x-powered-by').disable('etag') as Express;

function withErrors(app: Express): Express {
  app.use(
    ({ method, path }, response) =>
      void response.status(404).json({ reason: 'Refused', message: `no such call: ${method} ${path}` }),
  );
  return app.use(answerError);
}

const sentence = (error: z.ZodError): string =>
  error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ');

// eslint-disable-next-line @typescript-eslint/max-params -- express counts them
const answerError: ErrorRequestHandler = (error: Error & { readonly status?: number }, _request, response, _next) => {
  response.status(error.status ?? 500).json({ reason: 'Refused', message: error.message });
};
