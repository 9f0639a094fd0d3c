/** Records as JSON: what was sent to whom. */
import type { Express } from 'express';
import { ok } from '../lib/result.ts';
import type { Delivery } from '../release/delivery-log.ts';
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
};

/** Without what a service calls its messages, which is of use to nobody else. */
const shown = ({ handles: _handles, ...delivery }: Delivery): ShownDelivery => delivery;

export type ShownDelivery = Omit<Delivery, 'handles'>;
