import { describe, expect, it } from 'vitest';
import { liveScreen } from '../../src/cli/live-screen.ts';
import { colorPaint, plainPaint } from '../../src/cli/render/paint.ts';
import type { LogEntry } from '../../src/release/log.ts';
import type { Release } from '../../src/release/release.ts';
import { type ReleaseView, releaseView } from '../../src/report/release-view.ts';
import {
  bakingRelease,
  errorRate,
  passing,
  rolledBackRelease,
  samplePolicy,
  startedAtMs,
} from '../support/sample-release.ts';

process.env['TZ'] = 'UTC';

const entry = (message: string, afterMs: number): LogEntry => ({
  atMs: startedAtMs + afterMs,
  kind: 'event',
  reason: 'X',
  message,
  data: {},
});

const log = [entry('step 2 started', 600_000), entry('weight 50 % verified after 6 s', 606_000)];
const instances = { stable: { ready: 6, wanted: 6 }, canary: { ready: 6, wanted: 6 } };

const view = (release: Release): ReleaseView =>
  releaseView({ release, policy: samplePolicy, log, instances, nowMs: release.updatedAtMs });

const screen = (release: Release, width: number, height = 24): string =>
  ['', ...liveScreen(view(release), { width, height, paint: plainPaint }), ''].join('\n');

describe('the live screen', () => {
  it('has everything in 120 columns', () => {
    expect(screen(bakingRelease(), 120)).toBe(`
app  v1.8.2 -> v1.9.0   step 2/3   next: 100 % in 07:42 if nothing objects
weight  desired 50 %  applied 50 %   observed 49.2 % (12.4k requests)   stable 6/6  canary 6/6
[#### 25% 10m done][#... 50% 15m 07:42][.... 100% 30m]
RULE               ALERT     CANARY  STABLE  LIMIT        EVENTS  VERDICT  WHAT IT WOULD TAKE
error_rate         critical  0.03 %  0.03 %  0.1 %        12.4k   pass     11 more errors now would roll back
response_time_p95  warning   2.1 %   2 %     5 % > 500ms  12.4k   pass     [=====.....]
12:10:06 weight 50 % verified after 6 s
12:10:00 step 2 started
`);
  });

  it('fits into 80 columns', () => {
    expect(screen(bakingRelease(), 80)).toBe(`
app  v1.8.2 -> v1.9.0   step 2/3   next: 100 % in 07:42 if nothing objects
weight  desired 50 %  applied 50 %   observed 49.2 % (12.4k requests)
stable 6/6  canary 6/6
[#### 25% 10m done][#... 50% 15m 07:42][.... 100% 30m]
RULE               CANARY  STABLE  LIMIT        EVENTS  VERDICT  TAKES
error_rate         0.03 %  0.03 %  0.1 %        12.4k   pass     11 more bad
response_time_p95  2.1 %   2 %     5 % > 500ms  12.4k   pass     [=====.....]
12:10:06 weight 50 % verified after 6 s
12:10:00 step 2 started
`);
  });

  it('says what it waits for, and which rule stands in the way', () => {
    const waiting = {
      reason: 'OutsideThreshold',
      message: 'error_rate is 0.4 %, the limit is 0.1 %.',
      rule: 'error_rate',
      atMs: 0,
      data: {},
    };
    const suspect = passing(errorRate, { kind: 'suspect', canary: 0.004, message: 'needs about 4 more minutes' });
    const text = screen(bakingRelease({ waiting, verdicts: [suspect] }), 80);
    expect(text).toContain('next: 100 % held: error_rate');
    expect(text).toContain('! error_rate is 0.4 %, the limit is 0.1 %.');
    expect(text).toContain('! error_rate (rules/production.yaml:2): needs about 4 more minutes');
  });

  it('shows the rollback card right after a rollback', () => {
    expect(screen(rolledBackRelease(), 80)).toContain(`
== ROLLED BACK =================================================================
   rule          error_rate (rules/production.yaml:2)
   value         4.9 % against 0.1 %
   reason        error_rate is 4.9 % for the canary, the limit is 0.1 %.
                 (Breach)
   first breach  12:11:40
   decided       12:11:40
   weight 0      12:11:40, 420 ms after the decision
`);
  });

  it.each([40, 60, 80, 120, 200])('never writes beyond %i columns', (width) => {
    for (const release of [bakingRelease(), rolledBackRelease()]) {
      const lines = liveScreen(view(release), { width, height: 24, paint: plainPaint });
      expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(width);
    }
  });

  it.each([5, 10, 24])('never writes more than %i lines', (height) => {
    expect(liveScreen(view(rolledBackRelease()), { width: 60, height, paint: plainPaint }).length).toBeLessThanOrEqual(
      height,
    );
  });

  it('says the same with colour as without', () => {
    const colored = liveScreen(view(rolledBackRelease()), { width: 80, height: 24, paint: colorPaint }).join('\n');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    expect(colored.replaceAll(/\u001b\[[0-9;]*m/g, '')).toBe(screen(rolledBackRelease(), 80).slice(1, -1));
    expect(colored).toContain('\u001b[31m');
  });
});
