/** Who asks, and whether they may, where a reviewer knows both: asked before the body is read. */
import type { RequestHandler, Response } from 'express';
import type { Controls } from './controls.ts';
import { refuse } from './http-errors.ts';
import { bearerIn } from './http-token.ts';
import type { Caller } from './requests.ts';
import type { Reviewer, Right, Subject } from './reviewer.ts';
import { RightfulControls } from './rightful-controls.ts';

/** Whose token the request carries; null: one that is nobody's, or none. */
export const callerOf = ({ locals }: Response): Caller => (locals['caller'] as Caller | undefined) ?? null;

export const letIn = ({ locals }: Response, subject: Subject): void => {
  locals['caller'] = subject;
};

export const reviewed =
  (reviewer: Reviewer): RequestHandler =>
  async (request, response, next) => {
    const subject = await reviewer.identify(bearerIn(request.headers.authorization));
    if (!subject.ok) return refuse(request, response, subject.error);
    letIn(response, subject.value);
    next();
  };

/** For what is no order and no object; without a reviewer, whoever was let in may. */
export const needs =
  (reviewer: Reviewer | undefined, right: Right): RequestHandler =>
  async (request, response, next) => {
    const refused = reviewer === undefined ? null : await reviewer.objection(subjectOf(response), right);
    if (refused === null) next();
    else refuse(request, response, refused);
  };

export type ControlsOf = (response: Response) => Controls;

/** The controller as whoever asks may use it. */
export const controlsFor =
  (controls: Controls, reviewer: Reviewer | undefined): ControlsOf =>
  (response) =>
    reviewer === undefined ? controls : new RightfulControls(controls, reviewer, subjectOf(response));

/** Of a request that a reviewer let in. */
export function subjectOf(response: Response): Subject {
  const caller = callerOf(response);
  if (caller === null) throw new Error('a request came past the guard without a name');
  return caller;
}
