import { describe, expect, it } from 'vitest';
import { noLooks } from '../../src/release/journal.ts';
import { logCsv, logMarkdown } from '../../src/report/deployment-log.ts';
import { pastRelease } from '../../src/report/history-view.ts';
import { rolledBackRelease, samplePolicy } from '../support/sample-release.ts';

const release = { ...rolledBackRelease(), startedBy: '=cmd|"x"' };
const past = pastRelease({ release, log: [], journal: noLooks, policy: samplePolicy }, release.updatedAtMs);
const logged = [{ policy: 'app', releases: [past] }];

describe('the deployment log', () => {
  it('has a line for each release, as CSV', () => {
    const [head, line, ...more] = logCsv(logged).split('\r\n');
    expect(head).toMatch(/^policy,release,revision,from,outcome,started,ended,seconds,/);
    expect(line).toMatch(/^app,app-3f2a,v1\.9\.0,v1\.8\.2,rolledBack,2026-01-15T12:00:00\.000Z,.*,730\.420,/);
    expect(more).toEqual([]);
  });

  it('holds nothing that a spreadsheet would run', () => {
    expect(logCsv(logged)).toContain(`"'=cmd|""x"""`);
  });

  it('is a table in Markdown, without markup of others', () => {
    expect(logMarkdown(logged).split('\n')).toHaveLength(3);
    expect(logMarkdown(logged)).toContain('=cmd\\|"x"');
  });
});
