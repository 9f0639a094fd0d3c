/** Looks that can't be kept: said once, and marked as a gap; nobody else notices. */
import { expect, it } from 'vitest';
import { failed, ok } from '../../src/lib/result.ts';
import type { JournalSpan } from '../../src/release/journal-span.ts';
import { keepLooks } from '../../src/wiring/keep-looks.ts';
import { eventually } from '../support/eventually.ts';
import { span } from '../support/journal-spans.ts';
import { logLines } from '../support/log-lines.ts';

it('says that a look is lost once, until looks are kept again, and marks the gap', async () => {
  const { log, lines } = logLines();
  const kept: JournalSpan[] = [];
  let isFull = false;
  const note = async (_: string, each: JournalSpan) => {
    if (isFull) return failed({ reason: 'DiskFull', message: 'no space', retryable: true });
    kept.push(each);
    return ok(undefined);
  };
  const keep = keepLooks({ note }, log);
  const look = async (n: number): Promise<void> => {
    keep('app-1', span(n));
    await Promise.resolve();
  };
  await look(1);
  isFull = true;
  for (const n of [2, 3, 4]) await look(n);
  isFull = false;
  for (const n of [5, 6]) await look(n);
  expect(kept).toEqual([span(1), span(5, { start: 'gap' }), span(6)]);
  expect(lines).toMatchObject(
    [
      { level: 'warn', release: 'app-1', reason: 'DiskFull', msg: /gap/ },
      { level: 'info', release: 'app-1', msg: /again/ },
    ].map(({ msg, ...rest }) => ({ ...rest, msg: expect.stringMatching(msg) as unknown })),
  );
});

it('a store that throws is said in the same way', async () => {
  const { log, lines } = logLines();
  keepLooks({ note: () => Promise.reject(new SyntaxError('no look')) }, log)('app-1', span(1));
  await eventually(() => expect(lines).toMatchObject([{ level: 'warn', release: 'app-1', message: 'no look' }]));
});
