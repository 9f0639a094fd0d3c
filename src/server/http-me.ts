/** `/api/v1/me`: who asks, and what they may, so that whoever shows buttons can say why they are disabled. */
import type { Express } from 'express';
import { carriedKey, type Key } from './http-token.ts';
import { meBy } from './me.ts';

/** Behind the guard: whoever comes here has shown a token, where one is wanted. */
export const addMe = (app: Express, keys: readonly Key[]): void => {
  app.get('/api/v1/me', (request, response) => {
    response.json(meBy(carriedKey(request.headers.authorization, keys)));
  });
};
