/** A critical alert of a service: a release that all else is there for waits until it is over. */
import { expect } from 'vitest';
import type { ReleaseView } from '../../src/report/release-view.ts';

export const criticalAlert = (service: string): Readonly<Record<string, string>> => ({
  ...{ alertname: 'DiskFull', severity: 'critical', service },
});

/** The last approval is given. */
export const isApproved = ({ checklist }: Pick<ReleaseView, 'checklist'>): boolean =>
  checklist.some(({ name, state }) => name === 'security' && state === 'passed');

/** Of a policy whose check of alerts is called `no-alert`. */
export function expectHeldByAlert({ checklist, waiting, weight }: ReleaseView): void {
  expect(waiting?.message).toMatch(/no-alert.*DiskFull/);
  expect(checklist.filter(({ state }) => state !== 'passed').map(({ name }) => name)).toEqual(['no-alert']);
  expect(weight).toMatchObject({ desired: 0, applied: 0 });
}
