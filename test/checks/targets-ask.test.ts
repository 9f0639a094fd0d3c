/** Targets as Prometheus names them, with the port also where an address need not say it. */
import { expect, it } from 'vitest';
import type { AskNow } from '../../src/checks/query-ask.ts';
import { askTargets } from '../../src/checks/targets-ask.ts';
import { ok } from '../../src/lib/result.ts';
import type { TargetsAskSpec } from '../../src/release/check-spec.ts';
import { aQuestion } from '../support/a-question.ts';

const spec: TargetsAskSpec = {
  ...{ kind: 'targets', source: 'main', atLeast: null },
  select: { by: 'instance', label: 'instance' },
};

it('finds the targets of a service on port 80', async () => {
  const asked: string[] = [];
  const ask: AskNow = async (promql) => {
    asked.push(promql);
    const up = (instance: string) => ({ metric: 'up', labels: { instance }, samples: [{ atMs: 0, value: 1 }] });
    return ok([up('10.0.0.6:80'), up('10.0.0.7:80')]);
  };
  const question = aQuestion({ stable: ['http://10.0.0.6'], canary: ['http://10.0.0.7:80'] });
  expect(await askTargets(spec, question, ask)).toMatchObject({ outcome: 'passed' });
  expect(asked.join()).toMatch(/10.*0.*6:80.*7:80/);
});
