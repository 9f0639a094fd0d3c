import { expect, test } from 'vitest';
import { MemoryWorkload } from '../../src/workload/memory.ts';
import { workloadContract } from '../contract/workload.ts';
import { emptyBackends, sampleSpec } from '../support/process-workloads.ts';

workloadContract('memory', async () => {
  const backends = emptyBackends();
  const workload = new MemoryWorkload({ backends });
  return {
    workload,
    backends,
    spec: sampleSpec,
    makeReady: (revision) => workload.makeReady(revision),
    kill: (revision, { id }) => workload.lose(revision, id, 'exited'),
    hang: (revision, { id }) => workload.lose(revision, id, 'unready'),
    ensureHopeless: async (revision) => {
      await workload.ensure(revision, sampleSpec(revision), 1);
      await workload.fail(revision, { reason: 'CrashLoop', message: 'told to fail' });
    },
  };
});

test('injected problems are met by the next calls, one each', async () => {
  const workload = new MemoryWorkload({ backends: emptyBackends(), readiness: 'atOnce' });
  const away = { reason: 'Unreachable', message: 'told to be away', retryable: true };
  workload.inject(away, away);
  expect(await workload.observe()).toEqual({ ok: false, error: away });
  expect(await workload.ensure('v1', sampleSpec('v1'), 1)).toEqual({ ok: false, error: away });
  expect((await workload.ensure('v1', sampleSpec('v1'), 1)).ok).toBe(true);
  expect((await workload.serve('stable', 'v1', 1)).ok).toBe(true);
});
