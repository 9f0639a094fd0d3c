import { describe, expect, it, onTestFinished } from 'vitest';
import { NoticeDesk } from '../../src/notify/desk.ts';
import { createLogNotifier } from '../../src/notify/log-notifier.ts';
import type { LogEntry } from '../../src/release/log.ts';
import { eventually } from '../support/eventually.ts';
import { bakingRelease, rolledBackRelease } from '../support/sample-release.ts';

const line = (kind: LogEntry['kind'], reason: string, data: LogEntry['data'] = {}): LogEntry => ({
  atMs: 7,
  kind,
  reason,
  message: `${reason}.`,
  data,
});

interface Told {
  readonly urgency: string;
  readonly reason: string;
  readonly releases: readonly string[];
  readonly text: string;
  readonly contacts: readonly string[];
}

const someone = (name: string) => ({ name, email: null, phone: '112', target: null });

const contacts = {
  primary: [someone('devops lead')],
  secondary: [someone('database team')],
  vendors: [someone('cloud')],
};

const links = { page: 'https://s.example/#/releases/{{release}}', dashboard: null, runbook: null };

const deskWithLog = () => {
  const told: Told[] = [];
  const write = (fields: object): void => void told.push(fields as Told);
  const notifier = createLogNotifier({ info: write, warn: write });
  const desk = new NoticeDesk({
    audienceOf: () => ({ notifiers: [notifier], contacts, links }),
    nowMs: () => performance.now(),
  });
  onTestFinished(() => desk.stop());
  return { desk, told };
};

const blind = line('event', 'MetricsBlind', { source: 'main' });

describe('the desk', () => {
  it('calls the first tier for a page, the next ones when nobody answered, and nobody for news', () => {
    const { desk, told } = deskWithLog();
    desk.saved(bakingRelease(), [line('event', 'RollbackStalled')]);
    for (const tier of ['secondary', 'vendors'])
      desk.saved(bakingRelease(), [line('event', 'InvestigationEscalated', { tier })]);
    desk.saved(bakingRelease(), [line('event', 'Promoted')]);
    const [lead, database, cloud] = ['devops lead, 112', 'database team, 112', 'cloud, 112'];
    expect(told.map((notice) => notice.contacts)).toEqual([[lead], [database, lead], [cloud, database, lead], []]);
  });

  it('hands on what was saved, at once', () => {
    const { desk, told } = deskWithLog();
    desk.saved(bakingRelease(), [line('event', 'InvestigationEscalated')]);
    expect(told).toMatchObject([{ urgency: 'page', reason: 'InvestigationEscalated', releases: ['app-3f2a'] }]);
  });

  it('pages once for a source, naming the releases that it blinds, and resolves when the last one sees', async () => {
    const { desk, told } = deskWithLog();
    for (const id of ['app-1', 'app-2', 'app-3']) desk.saved(bakingRelease({ id }), [blind]);
    expect(told).toEqual([]);
    await eventually(() => told.length > 0);
    expect(told).toMatchObject([{ urgency: 'page', reason: 'MetricsBlind', releases: ['app-1', 'app-2', 'app-3'] }]);
    expect(told[0]?.text).toContain('blind: app-1, app-2, app-3');
    desk.saved(bakingRelease({ id: 'app-1' }), [line('event', 'SightReturned')]);
    desk.saved({ ...rolledBackRelease(), id: 'app-2' }, [line('event', 'RolledBack')]);
    expect(told.filter(({ reason }) => reason === 'MetricsBlind')).toHaveLength(1);
    desk.saved(bakingRelease({ id: 'app-3' }), [line('event', 'SightReturned')]);
    expect(told.at(-1)).toMatchObject({ urgency: 'resolve', reason: 'MetricsBlind' });
  });

  it('sends what still gathers when it stops', () => {
    const { desk, told } = deskWithLog();
    desk.saved(bakingRelease(), [blind]);
    desk.stop();
    expect(told).toMatchObject([{ urgency: 'page', reason: 'MetricsBlind' }]);
  });

  it('pages for what it finds at its start', () => {
    const { desk, told } = deskWithLog();
    const waiting = { reason: 'PromotionStalled', message: 'stalled', rule: null, atMs: 3, data: {} };
    desk.tookOver(bakingRelease({ waiting }), [], 10);
    expect(told).toMatchObject([{ urgency: 'page', reason: 'PromotionStalled' }]);
  });
});
