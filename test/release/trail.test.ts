/** The trail: filled by what is saved, closed to every change but an addition, bounded, and there longer than its releases. */
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import type { LogEntry } from '../../src/release/log.ts';
import { LogTrail } from '../../src/release/log-trail.ts';
import { openMemoryStore } from '../../src/release/memory.ts';
import { openSqliteStore } from '../../src/release/sqlite.ts';
import { mostTrail, type Recorded } from '../../src/release/trail.ts';
import { value } from '../contract/store.ts';
import { aRelease, inPhase, phases, startMs } from '../support/a-release.ts';
import { tempDir } from '../support/temp-dir.ts';

const line = (kind: LogEntry['kind'], reason: string, data: LogEntry['data'] = {}): LogEntry => ({
  ...{ atMs: startMs + 5, kind, reason, message: `about ${reason}`, data },
});

const lines = [
  line('action', 'Paused', { who: 'ada', reason: 'lunch' }),
  line('decision', 'Breach', { decision: 'rollback', rule: 'error_rate' }),
  line('write', 'WeightWritten'),
  line('event', 'WeightVerified'),
  line('event', 'RolledBack'),
];

const recorded: Recorded = {
  ...{ atMs: startMs, who: 'ci', what: 'Attested', policy: 'app', revision: 'v2', why: 'nightly' },
  ...{ message: 'ci: tests of v2: pass', data: { name: 'tests' } },
};

const file = async () => {
  const path = join(await tempDir(), 'sluice.db');
  return { path, open: (keep = 200) => value(openSqliteStore({ path, keep })) };
};

describe.each([
  ['a file', async () => (await file()).open()],
  [
    'the logs of releases',
    async () => {
      const store = value(openMemoryStore());
      const trail = new LogTrail(store);
      return {
        save: store.save.bind(store),
        record: trail.record.bind(trail),
        trail: trail.trail.bind(trail),
        close: store.close.bind(store),
      };
    },
  ],
])('the trail in %s', (_name, open) => {
  it('has orders, decisions and ends, who gave them and why, and what was recorded beside', async () => {
    const store = await open();
    value(await store.record(recorded));
    value(await store.save(aRelease({ id: 'app-1' }), lines));
    value(await store.save(aRelease({ id: 'shop-1', policy: 'shop' }), [line('action', 'Paused', { who: 'bo' })]));
    const told = value(await store.trail({ limit: 10, policy: 'app' }));
    expect(told.map(({ what, who, why }) => [what, who, why])).toEqual([
      ['Attested', 'ci', 'nightly'],
      ['Paused', 'ada', 'lunch'],
      ['Breach', 'sluice', ''],
      ['RolledBack', 'sluice', ''],
    ]);
    expect(told[0]).toMatchObject({ release: null, revision: 'v2', data: { name: 'tests' } });
    expect(told[1]).toMatchObject({ release: 'app-1', revision: aRelease().revision, atMs: startMs + 5 });
    const whats = async (filter: object) => value(await store.trail({ limit: 10, ...filter })).map(({ what }) => what);
    expect(await whats({ release: 'shop-1' })).toEqual(['Paused']);
    expect(await whats({ sinceMs: startMs + 1, policy: 'app' })).toEqual(['Paused', 'Breach', 'RolledBack']);
    expect(await whats({ policy: 'app', limit: 2 })).toEqual(['Breach', 'RolledBack']);
    const last = told.at(-1)?.number ?? 0;
    expect(await whats({ policy: 'app', limit: 2, before: last })).toEqual(['Paused', 'Breach']);
    expect(await whats({ what: 'Attested' })).toEqual(['Attested']);
    await store.close();
  });
});

describe('the trail in a file', () => {
  it('is kept when its release is forgotten, and over a restart', async () => {
    const { open } = await file();
    const store = open(1);
    for (const id of ['e-1', 'e-2']) value(await store.save(inPhase(phases.succeeded, { id }), [lines[0]!]));
    await store.close();
    const next = open();
    expect(value(await next.release('e-1'))).toBeNull();
    expect(value(await next.trail({ limit: 10 })).map(({ release }) => release)).toEqual(['e-1', 'e-2']);
    await next.close();
  });

  it('takes what this version adds, in a file of an earlier one, too', async () => {
    const { open, path } = await file();
    await open().close();
    const db = new DatabaseSync(path);
    db.exec('DROP TRIGGER line_into_trail');
    db.exec(
      "CREATE TRIGGER line_into_trail AFTER INSERT ON line WHEN NEW.document ->> 'reason' = 'Old' BEGIN SELECT 1; END",
    );
    db.close();
    const store = open();
    value(await store.save(aRelease({ id: 'app-1' }), [line('event', 'RollbackDidNotHelp')]));
    expect(value(await store.trail({ limit: 10 })).map(({ what }) => what)).toEqual(['RollbackDidNotHelp']);
    await store.close();
  });

  it('has nothing of a save that did not come about', async () => {
    const store = (await file()).open();
    value(await store.save(aRelease({ id: 'app-1' }), []));
    expect((await store.save(aRelease({ id: 'app-1' }), lines)).ok).toBe(false);
    expect(value(await store.trail({ limit: 10 }))).toEqual([]);
    await store.close();
  });

  it.each([
    "UPDATE trail SET document = '{}'",
    'UPDATE trail SET number = 7 WHERE number = 1',
    'DELETE FROM trail',
    'DELETE FROM trail WHERE number = 1',
    "INSERT OR REPLACE INTO trail (number, at, policy, what, document) VALUES (1, 1, 'app', 'X', '{}')",
    "INSERT INTO trail (number, at, policy, what, document) VALUES (1, 1, 'app', 'X', '{}') ON CONFLICT DO UPDATE SET what = 'X'",
  ])('refuses %s, whichever program asks', async (sql) => {
    const { open, path } = await file();
    const store = open();
    value(await store.record(recorded));
    value(await store.record({ ...recorded, who: 'cd' }));
    await store.close();
    const db = new DatabaseSync(path);
    expect(() => db.exec(sql)).toThrow('the trail is only added to');
    db.close();
    const next = open();
    expect(value(await next.trail({ limit: 10 })).map(({ who }) => who)).toEqual(['ci', 'cd']);
    await next.close();
  });

  it('says for good that its triggers were gone, and that an entry is missing', async () => {
    const { open, path } = await file();
    const store = open();
    for (const who of ['ci', 'cd', 'eve']) value(await store.record({ ...recorded, who }));
    expect(value(await store.verify())).toMatchObject({ entries: 3, first: 1, last: 3, problems: [] });
    await store.close();
    const db = new DatabaseSync(path);
    db.exec('DROP TRIGGER trail_not_shortened; DROP TRIGGER trail_not_changed');
    db.exec("DELETE FROM trail WHERE number = 2; UPDATE trail SET document = '{}' WHERE number = 3");
    db.close();
    for (const next of [open, open]) {
      const again = next();
      expect(value(await again.verify()).problems).toEqual([
        expect.stringMatching(
          /^entry 4: trigger trail_not_changed, trail_not_shortened was gone when the file was opened/,
        ),
        '1 entries between 1 and 4 are missing',
      ]);
      await again.close();
    }
  });

  it('is bounded: what is older than the last so many goes, and nothing else', async () => {
    const { open, path } = await file();
    const store = open();
    for (const who of ['first', 'second']) value(await store.record({ ...recorded, who }));
    await store.close();
    const db = new DatabaseSync(path);
    db.exec(
      `INSERT INTO trail (number, at, policy, what, document) SELECT ${mostTrail} + 1, at, policy, what, document FROM trail WHERE number = 2`,
    );
    const numbers = db.prepare('SELECT number FROM trail ORDER BY number').all();
    db.close();
    expect(numbers.map(({ number }) => number)).toEqual([2, mostTrail + 1]);
  });
});
