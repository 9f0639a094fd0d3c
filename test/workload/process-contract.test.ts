import { workloadContract } from '../contract/workload.ts';
import { signalById } from '../support/process.ts';
import { allReady, emptyBackends, nodeSpec, openWorkload, sampleSpec } from '../support/process-workloads.ts';
import { tempDir } from '../support/temp-dir.ts';

workloadContract('process', async () => {
  const backends = emptyBackends();
  const workload = await openWorkload({ stateDir: await tempDir(), backends });
  return {
    workload,
    backends,
    spec: sampleSpec,
    makeReady: async (revision) => {
      await allReady(workload, revision);
    },
    kill: async (_revision, { pid }) => {
      signalById(pid ?? 0, 'SIGKILL');
    },
    // A stopped process accepts connections and never answers: it hangs.
    hang: async (_revision, { pid }) => {
      signalById(pid ?? 0, 'SIGSTOP');
    },
    ensureHopeless: async (revision) => {
      await workload.ensure(revision, { ...nodeSpec([]), command: ['/does/not/exist'] }, 1);
    },
  };
});
