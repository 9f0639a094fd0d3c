/** A controller of hosts as a process of its own, to be killed or told to stop: takes a state directory, a spec as JSON, and how many hosts v1 and v2 get. */
import { ProcessWorkload } from '../../src/workload/process.ts';
import type { HostsSpec } from '../../src/workload/revision-spec.ts';
import { allReady, emptyBackends, impatient } from './process-workloads.ts';

const [stateDir = '', spec = '', first = '1', second = '1'] = process.argv.slice(2);
const opened = await ProcessWorkload.open({ stateDir, backends: emptyBackends(), epoch: 1, timing: impatient });
if (!opened.ok) throw new Error(opened.error.message);
process.once('SIGTERM', () => opened.value.close());
setTimeout(() => process.exit(1), 100_000).unref();
const hosts = JSON.parse(spec) as HostsSpec;
await opened.value.ensure('v1', hosts, Number(first));
await allReady(opened.value, 'v1');
await opened.value.ensure('v2', hosts, Number(second));
console.log('v2 is wanted');
