/** Whether a release's log tells every decision with all that it rests on. */
import { expect } from 'vitest';
import type { LogEntry } from '../../src/release/log.ts';

/** Each decision with reason, sentence, time and weights, and with its rule's numbers where a rule decided; in the order of time. */
export function expectWholeLog(log: readonly LogEntry[]): void {
  const decisions = log.filter(({ kind }) => kind === 'decision');
  expect(decisions.length).toBeGreaterThan(2);
  for (const { atMs, reason, message, data } of decisions) {
    expect(reason).toMatch(/^[A-Z][A-Za-z]+$/);
    expect(message).toMatch(/^.{10,}\.$/s);
    expect(atMs).toBeGreaterThan(Date.now() - 300_000);
    expect(data).toMatchObject({ decision: expect.any(String), desired: expect.any(Number) });
    if (data['rule'] !== null) expect(data).toMatchObject({ limit: expect.any(Number), events: expect.any(Number) });
  }
  const times = log.map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
}

/** The decision that took the release back, with the numbers of its rule. */
export function expectConviction(log: readonly LogEntry[], rule: string): void {
  const rollback = log.find(({ data }) => data['decision'] === 'rollback');
  expect(rollback).toMatchObject({ kind: 'decision', data: { rule, verdict: 'breach', alert: 'critical' } });
  const { canary, limit, events } = rollback?.data ?? {};
  expect(Number(canary)).toBeGreaterThan(Number(limit));
  expect(Number(events)).toBeGreaterThan(0);
}
