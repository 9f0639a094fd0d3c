/** `/api/v1/me`: who asks, and what they may, so that whoever shows buttons can say why they are disabled. */
import type { Express } from 'express';
import type { Controls } from './controls.ts';
import { answer } from './http-answer.ts';
import { controlsFor, subjectOf } from './http-review.ts';
import { carriedKey, type Key } from './http-token.ts';
import { meBy } from './me.ts';
import { meReviewed } from './me-reviewed.ts';
import type { Reviewer } from './reviewer.ts';

const mePath = '/api/v1/me';

/** Behind the guard: whoever comes here has shown a token, where one is wanted. */
export const addMe = (app: Express, keys: readonly Key[]): void => {
  app.get(mePath, (request, response) => {
    response.json(meBy(carriedKey(request.headers.authorization, keys)));
  });
};

interface Reviewed {
  readonly reviewer: Reviewer;
  readonly controls: Controls;
}

export const addMeReviewed = (app: Express, { reviewer, controls }: Reviewed): void => {
  app.get(mePath, (request, response) =>
    answer(controlsFor(controls, reviewer), () => meReviewed({ reviewer, controls }, subjectOf(response)))(
      request,
      response,
    ),
  );
};
