import { describe, expect, it } from 'vitest';
import { reportMarkdown } from '../../../src/report/deployment/markdown.ts';
import { toldRollback } from '../../support/told-release.ts';

const text = reportMarkdown(toldRollback());

describe('the report as Markdown', () => {
  it('says what was delivered, when, and how it ended', () => {
    expect(text).toContain('# app v1.9.0: rolled back');
    expect(text).toContain('- **Revision**: v1.8.2 -> v1.9.0');
    expect(text).toContain('- **Start**: 2026-01-15 12:00:00Z');
    expect(text).toContain('- **End**: 2026-01-15 12:12:10Z');
    expect(text).toContain('- **Tests**: tests pass (coverage 83.1, high 0), by ci');
  });

  it('shows each step with its time and the share that was seen', () => {
    expect(text).toContain('| 25 % | 2026-01-15 12:00:20Z | 24.8 % of 1.2k requests | 10m | 11m |');
    expect(text).toContain('| 50 % | never | not counted | 15m | - |');
  });

  it('shows the rollback with rule, line, value, limit and time to zero', () => {
    expect(text).toContain('- **Rule**: error_rate, rules/production.yaml:2');
    expect(text).toContain('- **Value**: 4.9 % against 0.1 %');
    expect(text).toContain('420 ms after the decision');
  });

  it('has the trends of the policy up to this release', () => {
    expect(text).toMatch(
      /## Trends\n\n1 deployed since 2026-01-15; 1 \(100 %\) failed, restored in .*\n\n\| day \| deployed \| failed \| restored in \|/,
    );
    expect(text).toContain('| 2026-01-15 | 1 | 1 (100 %) |');
  });

  it('lets nothing that others wrote become markup', () => {
    expect(text).toContain('error_rate \\<b>broke\\</b> \\[x\\](javascript:1)');
  });
});
