/** Scrape targets as a real Prometheus knows them: up, down and since when, and none at all. */
import { describe, expect, it } from 'vitest';
import { type AskNow, askQuery } from '../../src/checks/query-ask.ts';
import { askTargets } from '../../src/checks/targets-ask.ts';
import { askNow } from '../../src/metrics/prometheus-now.ts';
import type { TargetsAskSpec } from '../../src/release/check-spec.ts';
import { aQuestion } from '../support/a-question.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-port.ts';
import { needs } from '../support/needs.ts';
import { startPrometheus } from '../support/prometheus.ts';
import { startUpstream } from '../support/upstream.ts';

const instances: TargetsAskSpec = {
  ...{ kind: 'targets', source: 'main', atLeast: null },
  select: { by: 'instance', label: 'instance' },
};
const job = (atLeast: number | null): TargetsAskSpec => ({
  ...{ ...instances, atLeast },
  select: { by: 'selector', selector: 'up{job="{policy}"}' },
});

describe.runIf(needs('prometheus'))('scrape targets', () => {
  it('are up, down since a time, or not there', async () => {
    const { origin: up } = await startUpstream((_request, response) => response.end('a 1\n'));
    let isBroken = false;
    const { origin: other } = await startUpstream((_request, response) =>
      response.writeHead(isBroken ? 500 : 200).end('a 2\n'),
    );
    const hosts = [up, other].map((url) => new URL(url).host);
    const { url } = await startPrometheus({ targets: hosts });
    const server = { name: 'main', url, timeoutMs: 10_000, headers: {}, tokenFile: null, caFile: null };
    const ask: AskNow = (promql) => askNow(server, promql, new AbortController().signal);
    const question = aQuestion({ stable: [up], canary: [other] });
    const heard = (spec: TargetsAskSpec, given = question) => askTargets(spec, given, ask);
    const until = (outcome: string, spec: TargetsAskSpec) =>
      eventually(async () => {
        const said = await heard(spec);
        return said.outcome === outcome ? said.message : null;
      });

    expect(await until('passed', instances)).toBe('2 of 2 targets are up');
    expect(await heard(job(null))).toMatchObject({ outcome: 'passed', message: '2 of 2 targets are up' });
    expect(await heard(job(3))).toMatchObject({ outcome: 'failed', message: '2 of 2 targets are up, 3 have to be' });
    const strange = `127.0.0.1:${await freePort()}`;
    expect(await heard(instances, { ...question, canary: [`http://${strange}`] })).toMatchObject({
      outcome: 'pending',
      message: `main has no target for ${strange} (label instance)`,
    });
    expect(await heard(job(null), aQuestion({ policy: 'shop' }))).toMatchObject({
      outcome: 'pending',
      message: 'main has no up{job="shop"}',
    });

    isBroken = true;
    const told = await until('failed', instances);
    expect(told).toMatch(/^1 of 2 targets are up; down: app at 127\.0\.0\.1:\d+ since \d\d:\d\d:\d\dZ$/);
    expect(told).toContain(hosts[1]);
    expect(await heard(job(1))).toMatchObject({ outcome: 'passed', message: '1 of 2 targets are up, 1 have to be' });
    const room = { kind: 'query', source: 'main', promql: 'sum(up)', comparison: '>=', limit: 2 } as const;
    expect(await askQuery(room, question, ask)).toMatchObject({ outcome: 'failed', message: '1: not >= 2' });
    expect(await askQuery({ ...room, promql: 'sum(' }, question, ask)).toMatchObject({
      outcome: 'pending',
      message: expect.stringContaining('parse error'),
    });
  });
});
