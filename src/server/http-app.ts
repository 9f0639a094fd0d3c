/** The routes of the server, in the order in which a request meets them. */
import express, { type Express, type RequestHandler } from 'express';
import type { Metrics } from '../telemetry/metrics.ts';
import { addAlerts, addAlertsElsewhere } from './http-alerts.ts';
import { errorHandler, notFound } from './http-errors.ts';
import { eventsPath, type HttpEvents } from './http-events.ts';
import { guard, setStrictHeaders } from './http-guard.ts';
import { addMe, addMeReviewed } from './http-me.ts';
import { addMetrics } from './http-metrics.ts';
import { addOpenApi } from './http-openapi.ts';
import type { ServerOptions } from './http-options.ts';
import { addPage } from './http-page.ts';
import { addPolicies } from './http-policies.ts';
import { addProbes } from './http-probes.ts';
import { addRecords } from './http-records.ts';
import { addReleases } from './http-releases.ts';
import { addReport } from './http-report.ts';
import { controlsFor, needs } from './http-review.ts';
import { PastReleases } from './past-releases.ts';

export const httpApp = (options: ServerOptions, events: HttpEvents): Express => {
  const { alerts, alertsElsewhere, controls, metrics, clock, log, keys, openMetrics = false, reviewer } = options;
  const controlsOf = controlsFor(controls, reviewer);
  const app = express();
  app.disable('x-powered-by').disable('etag').set('query parser', 'simple');
  app.use(counted(metrics), setStrictHeaders);
  addProbes(app, controls);
  addPage(app);
  if (openMetrics) addMetrics(app, metrics);
  app.use(...guard({ keys, reviewer }));
  if (!openMetrics) {
    app.use('/metrics', needs(reviewer, { kind: 'path', verb: 'get', path: '/metrics' }));
    addMetrics(app, metrics);
  }
  if (reviewer === undefined) addMe(app, keys);
  else addMeReviewed(app, { reviewer, controls });
  addReleases(app, controlsOf, clock);
  const scene = { controlsOf, clock, past: new PastReleases() };
  addReport(app, scene);
  addPolicies(app, scene);
  addRecords(app, controlsOf);
  if (alerts !== undefined) addAlerts(app, { alerts, clock, log, reviewer });
  if (alertsElsewhere !== undefined) addAlertsElsewhere(app, alertsElsewhere);
  app.use(eventsPath, needs(reviewer, { kind: 'object', verb: 'watch', resource: 'releases', name: null }));
  events.addTo(app);
  addOpenApi(app, options.version);
  app.use(notFound);
  app.use(errorHandler(log));
  return app;
};

export const counted =
  (metrics: Metrics): RequestHandler =>
  (request, response, next) => {
    response.once('finish', () => metrics.apiAnswered(methodOf(request.method), response.statusCode));
    next();
  };

const known = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Strangers may not make labels up. */
const methodOf = (method: string): string => (known.has(method) ? method : 'other');
