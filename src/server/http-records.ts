/** Records as JSON: what was sent to whom, and who did what. */
import type { Express } from 'express';
import { ok } from '../lib/result.ts';
import type { Delivery } from '../release/delivery-log.ts';
import { mostTrailAtOnce } from '../release/trail.ts';
import type { ShownDelivery } from '../report/records-view.ts';
import { answer, numberIn, textOf } from './http-answer.ts';
import type { ControlsOf } from './http-review.ts';

const mostDeliveries = 1_000;
const deliveriesByDefault = 100;

export const addRecords = (app: Express, controlsOf: ControlsOf): void => {
  app.get(
    '/api/v1/deliveries',
    answer(controlsOf, async (request, { controls }) => {
      const { query } = request;
      const [policy, release] = [textOf(query['policy']), textOf(query['release'])];
      const limit = Math.min(numberIn(request, 'limit', deliveriesByDefault) || deliveriesByDefault, mostDeliveries);
      const listed = await controls.records.deliveries({
        limit,
        ...(policy === '' ? {} : { policy }),
        ...(release === '' ? {} : { release }),
      });
      return listed.ok ? ok({ deliveries: listed.value.map(shown) }) : listed;
    }),
  );
  app.get(
    '/api/v1/trail/proof',
    answer(controlsOf, (_request, { controls }) => controls.records.verify()),
  );
  app.get(
    '/api/v1/trail',
    answer(controlsOf, async (request, { controls }) => {
      const { query } = request;
      const [policy, release] = [textOf(query['policy']), textOf(query['release'])];
      const sinceMs = numberIn(request, 'since', 0);
      const limit = Math.min(numberIn(request, 'limit', mostTrailAtOnce) || mostTrailAtOnce, mostTrailAtOnce);
      const before = numberIn(request, 'before', 0);
      const read = await controls.records.trail({
        ...{ sinceMs, limit },
        ...(before === 0 ? {} : { before }),
        ...(policy === '' ? {} : { policy }),
        ...(release === '' ? {} : { release }),
      });
      return read.ok ? ok({ entries: read.value }) : read;
    }),
  );
};

/** Without what a service calls its messages, which is of use to nobody else. */
const shown = ({ handles: _handles, ...delivery }: Delivery): ShownDelivery => delivery;
