/** `/livez` and `/readyz`: what the machine that runs us wants to know. */
import type { Express } from 'express';
import type { Controls } from './controls.ts';

/** Open to whoever reaches the port: they tell whether all is well, and what is missing; with several namespaces the names of these, too. */
export const addProbes = (app: Express, controls: Pick<Controls, 'alive' | 'ready'>): void => {
  app.get('/livez', (_request, response) => {
    const { ok, ageMs } = controls.alive();
    const message = ok ? 'the loop makes progress' : 'the loop makes no progress';
    response.status(ok ? 200 : 503).json({ ok, message, ageMs: Math.round(ageMs) });
  });
  app.get('/readyz', (_request, response) => {
    const { ok, missing } = controls.ready();
    response.status(ok ? 200 : 503).json({ ok, missing });
  });
};
