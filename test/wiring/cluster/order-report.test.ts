/** What stands in an order's status is read by more people than what it is about. */
import { expect, it } from 'vitest';
import type { RestoreItem } from '../../../src/backup/snapshots.ts';
import type { RestoreReport } from '../../../src/report/restore-report.ts';
import {
  longestReport,
  pointsText,
  readPoints,
  readRestore,
  restoreText,
} from '../../../src/wiring/cluster/order-report.ts';
import { samplePoint } from '../../support/memory-controls.ts';

const report = (items: RestoreReport['items']): RestoreReport => ({
  ...{ policy: 'app', point: samplePoint, dryRun: false, items, remarks: ['resume it so'], unsound: 'it is not sound' },
  checklist: [{ name: 'documented', state: 'passed', evidence: 'in the log' }],
});

const canary = 'canary-token-4417';

it('tells keys, and never what stands under them', () => {
  const told = restoreText(
    report([
      {
        name: 'ConfigMap app-config',
        state: 'done',
        diff: ['greeting line 3:', `greeting - ${canary} changed`, `greeting +   ... 3 more`, 'flags goes', canary],
      },
      { name: 'Secret db', state: 'conflict', diff: ['PASSWORD changed', 'type Opaque -> x'] },
      { name: 'ConfigMap lost', state: 'done', diff: ['is gone: comes back'] },
      {
        name: 'Deployment app',
        state: 'done',
        diff: [
          'template.spec.containers.0.image: "app:v2" -> "app:v1"',
          `template.spec.containers.0.env.0.value: "${canary}\nmore" -> nothing`,
          `template.spec.containers.0.env: nothing -> [{"value":"${canary}"}]`,
          `template.spec.containers.1: {"name":"agent","env":[{"name":"TOKEN","value":"${canary}"}]} -> nothing`,
          `template.spec.initContainers: nothing -> [{"image":"app:v1","env":[{"value":"${canary}`,
        ],
      },
    ]),
  );
  const read = readRestore(told);
  expect(read.ok && read.value.items.map(({ diff }) => diff)).toEqual([
    ['greeting changed', 'flags goes', `${canary} changed`],
    ['PASSWORD changed', 'type Opaque -> x'],
    ['is gone: comes back'],
    [
      'template.spec.containers.0.image: "app:v2" -> "app:v1"',
      'template.spec.containers.0.env.0.value changed',
      'template.spec.containers.0.env changed',
      'template.spec.containers.1 changed',
      'template.spec.initContainers changed',
    ],
  ]);
  expect(read).toMatchObject({ value: { unsound: 'it is not sound', remarks: ['resume it so'], point: samplePoint } });
});

it.each([
  ['without what differs', 50, 'x'.repeat(2_000)],
  ['without what is the same', 300, 'x'.repeat(200)],
  ['without its parts', 300, 'x'.repeat(200)],
] as const)('is told %s where it is too long', (what, count, word) => {
  const others: RestoreItem['state'] = what === 'without its parts' ? 'conflict' : 'same';
  const items = Array.from(
    { length: count },
    (_, at): RestoreItem => ({
      name: `ConfigMap ${at}-${count === 300 ? word : ''}`,
      state: at === 0 ? 'done' : others,
      diff: at === 0 || count === 50 ? [word, `${word}${at} goes`] : [],
    }),
  );
  const text = restoreText(report(items));
  expect(text.length).toBeLessThanOrEqual(longestReport);
  const read = readRestore(text);
  const told = read.ok ? read.value.items : [];
  expect(told.length).toBe({ 'without what differs': 50, 'without what is the same': 1, 'without its parts': 0 }[what]);
  expect(told[0]?.diff ?? []).toEqual(told.length === 0 ? [] : ['differs']);
  expect(read).toMatchObject({ value: { checklist: [{ name: 'documented' }] } });
});

it('is read strictly', () => {
  expect(readPoints(pointsText([samplePoint]))).toEqual({ ok: true, value: [samplePoint] });
  for (const text of ['', '{}', '[{"id":1}]']) {
    expect(readRestore(text)).toMatchObject({ error: { reason: 'Unreadable', retryable: false } });
    if (text !== '{}') expect(readPoints(text)).toMatchObject({ error: { reason: 'Unreadable' } });
  }
});
