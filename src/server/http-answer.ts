/** How a route answers: JSON of what was asked for, or a reason and a sentence. */
import type { Request, Response } from 'express';
import type { Result } from '../lib/result.ts';
import type { Controls } from './controls.ts';
import { refuse } from './http-errors.ts';
import { type ControlsOf, callerOf } from './http-review.ts';
import type { Caller } from './requests.ts';

/** Who asks, and the controller as they may use it. */
export interface Desk {
  readonly caller: Caller;
  readonly controls: Controls;
}

export type Work = (request: Request, desk: Desk) => Promise<Result<object>>;

export const answer =
  (controlsOf: ControlsOf, work: Work) =>
  async (request: Request, response: Response): Promise<void> => {
    const result = await work(request, { caller: callerOf(response), controls: controlsOf(response) });
    if (result.ok) response.json(result.value);
    else refuse(request, response, result.error);
  };

/** `:name` of the path. */
export const nameIn = ({ params }: Request): string => textOf(params['name']);

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A whole number of 0 or more in the query; `otherwise` where there is none. */
export const numberIn = ({ query }: Request, name: string, otherwise: number): number => {
  const value = Number(textOf(query[name]) || Number.NaN);
  return Number.isInteger(value) && value >= 0 ? value : otherwise;
};

/** More lines than any release has. */
export const wholeLog = 100_000;
