/** Where a release stands, as conditions to wait for. */
import type { ReleaseView } from '../../src/report/release-view.ts';

/** `step` counts from 1. */
export const bakingAt =
  (step: number) =>
  (view: ReleaseView): boolean =>
    view.phase === 'baking' && view.step === step;

export const ended = (view: ReleaseView): boolean => view.ended;

export const holdsFor =
  (reason: string) =>
  (view: ReleaseView): boolean =>
    view.waiting?.reason === reason;
