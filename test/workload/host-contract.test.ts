import { workloadContract } from '../contract/workload.ts';
import { testHosts } from '../support/hosts.ts';
import { signalById } from '../support/process.ts';
import { allReady, emptyBackends, openWorkload } from '../support/process-workloads.ts';
import { tempDir } from '../support/temp-dir.ts';

workloadContract('hosts', async () => {
  const hosts = await testHosts(4);
  const backends = emptyBackends();
  const workload = await openWorkload({ stateDir: await tempDir(), backends });
  return {
    workload,
    backends,
    restarts: 'others',
    spec: (revision) => hosts.spec({ artefact: revision }),
    makeReady: async (revision) => {
      await allReady(workload, revision);
    },
    kill: async (_revision, { url }) => {
      signalById(hosts.pid(hosts.at(url)) ?? 0, 'SIGKILL');
    },
    hang: async (_revision, { url }) => {
      signalById(hosts.pid(hosts.at(url)) ?? 0, 'SIGSTOP');
    },
    ensureHopeless: async (revision) => {
      await workload.ensure(revision, hosts.spec({ commands: { deploy: ['/does/not/exist'] } }), 1);
    },
  };
});
