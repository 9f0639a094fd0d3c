/** Rules that read alerts: whose the alert is decides, and silence of the source decides nothing. */
import { describe, expect, it } from 'vitest';
import { breached } from '../../src/gate/checks/against.ts';
import { suspected } from '../../src/gate/checks/evidence.ts';
import { falseAlarm } from '../../src/gate/false-alarm.ts';
import type { FiringAlert } from '../../src/metrics/metric-source.ts';
import { ruleViews } from '../../src/report/rule-view.ts';
import { someFacts, startMs } from '../support/a-release.ts';
import { JudgedRelease, type World } from '../support/judged-release.ts';

const rule = 'high_errors: { alert: critical, query: { alert: HighErrorRate } }';

const firing = (labels: FiringAlert['labels']): FiringAlert => ({
  labels: { alertname: 'HighErrorRate', ...labels },
  sinceMs: startMs + 5_000,
});

const tells =
  (...alerts: readonly FiringAlert[]): World =>
  () => ({ alerts: { 'high_errors:alert': alerts } });

const canary = firing({ version: 'v2' });

const after = async (world: World, text = rule, seconds = 30) => (await JudgedRelease.by(text)).run(seconds, world);

describe('an alert', () => {
  it('that is quiet passes', async () => {
    const { release } = await after(tells());
    expect(release.verdicts[0]).toMatchObject({
      kind: 'pass',
      reason: 'Compatible',
      canary: 0,
      message: 'high_errors: alert HighErrorRate: quiet',
    });
    expect(ruleViews(release)[0]).toMatchObject({ unit: 'alert', limitWords: 'quiet', evidence: 0, take: '' });
  });

  it('with the canary’s own labels takes it back, and says that no promise covers it', async () => {
    const { release } = await after(tells(canary, firing({ version: 'v1' })));
    expect(release.verdicts[0]).toMatchObject({
      kind: 'breach',
      outcome: 'rollback',
      message:
        'high_errors: alert HighErrorRate: fires for the canary; outside the promise about false alarms (since 12:00:05Z)',
    });
    expect(falseAlarm(release, null).sentence).toContain('; not promised for high_errors');
    const facts = someFacts(release, { verdicts: release.verdicts });
    expect(breached(facts)).toMatchObject({ kind: 'rollback' });
  });

  it('is waited for as long as the rule says', async () => {
    const patient = rule.replace('} }', '}, for: 2m }');
    const soon = await after(tells(canary), patient, 60);
    expect(soon.verdict('high_errors')).toMatchObject({ kind: 'suspect', reason: 'OutsideThreshold' });
    expect(soon.verdict('high_errors').message).toContain('fires for the canary, for 1m of 2m');
    expect(soon.run(60, tells(canary)).verdict('high_errors').kind).toBe('breach');
  });

  it.each([
    ['for stable', { version: 'v1' }, 'for stable since 12:00:05Z'],
    ['without a version', { severity: 'page' }, 'with labels of neither version since 12:00:05Z'],
  ])('%s holds the advance and takes nothing back', async (_whose, labels, words) => {
    const { release } = await after(tells(firing(labels)));
    expect(release.verdicts[0]).toMatchObject({ kind: 'suspect', outcome: 'hold', reason: 'AlertElsewhere' });
    expect(release.verdicts[0]?.message).toContain(words);
    const facts = someFacts(release, { verdicts: release.verdicts });
    expect(breached(facts)).toBeNull();
    expect(suspected(facts)).toMatchObject({ kind: 'hold', reason: 'AlertElsewhere', rule: 'high_errors' });
  });

  it('opens an investigation and rolls nothing back where the rule is a warning', async () => {
    const { release } = await after(tells(canary), rule.replace('critical', 'warning').concat('\ncritical: none'));
    expect(breached(someFacts(release, { verdicts: release.verdicts }))).toBeNull();
  });
});

describe('a source', () => {
  it('that was not asked, or does not know alerts, says nothing: not even that all is quiet', async () => {
    const { release } = await after(() => ({}));
    expect(release.verdicts[0]).toMatchObject({ kind: 'inconclusive', reason: 'NoData' });
    expect(release.verdicts[0]?.message).toContain('does not say whether HighErrorRate fires');
  });

  it('that fails says nothing', async () => {
    const failure = { metrics: ['high_errors:alert'], reason: 'Timeout', message: 'pager gave no answer' } as const;
    const { release } = await after(() => ({ failures: [failure] }));
    expect(release.verdicts[0]).toMatchObject({ kind: 'inconclusive', reason: 'NoData' });
    expect(release.verdicts[0]?.message).toContain('pager gave no answer');
  });
});
