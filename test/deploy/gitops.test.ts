/** The script by which Argo CD tells the health of our objects says what the table of the page says. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { policyConditions } from '../../src/release/policy-conditions.ts';
import type { PhaseName } from '../../src/release/release.ts';
import { releaseSummary } from '../../src/release/release-status.ts';
import { aCause, aRelease, phases, startMs } from '../support/a-release.ts';
import { needs } from '../support/needs.ts';

/** A value as a Lua expression. */
function lua(value: unknown): string {
  if (Array.isArray(value)) return `{${value.map(lua).join(', ')}}`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([key, each]) => `[${JSON.stringify(key)}] = ${lua(each)}`);
    return `{${fields.join(', ')}}`;
  }
  return value === null ? 'nil' : JSON.stringify(value);
}

/** As Argo CD asks: the script with the object as `obj`. */
function healthOf(object: object): string {
  const script = readFileSync('deploy/argocd/health.lua', 'utf8');
  const program = `obj = ${lua(object)}\nlocal function health()\n${script}\nend\nlocal said = health()\nprint(said.status .. ": " .. said.message)`;
  return execFileSync('lua5.1', ['-'], { input: program, encoding: 'utf8' }).trim();
}

const about = { metadata: { name: 'app', generation: 2 } };

const ofRelease = (phase: PhaseName, waiting: typeof aCause | null = null): object => ({
  ...about,
  status: { ...releaseSummary(aRelease({ phase: phases[phase], waiting }), []), observedGeneration: 2 },
});

const complaint = { reason: 'NoService', message: 'there is no Service app' };

const ofPolicy = (given: object): object => {
  const health = { generation: 2, stalled: null, rules: null, missing: null, pending: null, releasing: null, ...given };
  return { ...about, status: { ...policyConditions(health, [], startMs), observedGeneration: health.generation } };
};

describe.runIf(needs('lua5.1'))('deploy/argocd/health.lua', () => {
  it.each([
    ['what nobody looked at', about, 'Progressing: not looked at yet'],
    ['a promoted release', ofRelease('succeeded'), 'Healthy: succeeded'],
    ['one under way', ofRelease('baking'), 'Progressing: baking'],
    ['one that waits for a person', ofRelease('baking', aCause), 'Suspended: error_rate 5 %.'],
    ['one that was rolled back', ofRelease('rolledBack'), 'Degraded: error_rate 5 %.'],
    ['one that failed', ofRelease('failed'), 'Degraded: error_rate 5 %.'],
    ['a policy that serves', ofPolicy({}), 'Healthy: stable serves all users'],
    ['one that lacks something', ofPolicy({ missing: complaint }), 'Progressing: there is no Service app'],
    ['one with a mistake', ofPolicy({ stalled: complaint }), 'Degraded: there is no Service app'],
    ['one that was changed since', ofPolicy({ generation: 1 }), 'Progressing: not looked at yet'],
  ])('of %s', (_title, object, health) => expect(healthOf(object)).toBe(health));
});
