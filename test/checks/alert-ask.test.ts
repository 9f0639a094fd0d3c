import { describe, expect, it } from 'vitest';
import { askAlerts } from '../../src/checks/alert-ask.ts';
import { AlertBook, settledAfterMs } from '../../src/checks/alert-book.ts';

const wanted = { severity: 'critical', service: 'app' };
const watchdog = { status: 'firing', labels: { alertname: 'Watchdog' }, sinceMs: null } as const;
const broken = { status: 'firing', labels: { alertname: 'Broken', ...wanted }, sinceMs: null } as const;

const asked = (book: AlertBook, nowMs: number) =>
  askAlerts(wanted, { list: null, told: () => book.firing(wanted, nowMs), standing: () => book.standing(nowMs) });

const unknown = (why: string): object => ({ outcome: 'pending', message: expect.stringContaining(why) });

describe('what is known by the webhook alone', () => {
  it('does not pass a check before all that fired before the first message must have been told again', async () => {
    const book = new AlertBook();
    expect(await asked(book, 0)).toMatchObject(unknown('no Alertmanager has told anything'));
    book.tell([watchdog], 1_000);
    expect(await asked(book, 1_000)).toMatchObject(unknown('told again within 10m'));
    book.tell([watchdog], 300_000);
    expect(await asked(book, settledAfterMs + 999)).toMatchObject(unknown('told again within 10m'));
    expect(await asked(book, settledAfterMs + 1_000)).toMatchObject({ outcome: 'passed' });
    book.tell([broken], settledAfterMs + 2_000);
    expect(await asked(book, settledAfterMs + 2_000)).toMatchObject({ outcome: 'failed', message: 'Broken fires' });
  });

  it('begins anew after a silence in which all was forgotten', async () => {
    const book = new AlertBook();
    book.tell([watchdog], 0);
    const later = 5 * 3_600_000;
    expect(await asked(book, later)).toMatchObject(unknown('for 5h'));
    book.tell([watchdog], later);
    expect(await asked(book, later)).toMatchObject(unknown('told again within 10m'));
    expect(await asked(book, later + settledAfterMs)).toMatchObject({ outcome: 'passed' });
  });

  it('does not pass a check while a message was cut, or more fire than can be known', async () => {
    const book = new AlertBook();
    book.tell([watchdog], 0);
    const many = Array.from({ length: 1_001 }, (_, at) => ({ ...watchdog, labels: { alertname: `A${at}` } }));
    book.tell(many, 2 * settledAfterMs);
    expect(await asked(book, 2 * settledAfterMs)).toMatchObject(unknown('raise max_alerts'));
    expect(await asked(book, 3 * settledAfterMs)).toMatchObject({ outcome: 'passed' });
    book.missed(3 * settledAfterMs);
    expect(await asked(book, 4 * settledAfterMs - 1)).toMatchObject(unknown('raise max_alerts'));
    expect(await asked(book, 4 * settledAfterMs)).toMatchObject({ outcome: 'passed' });
  });
});
