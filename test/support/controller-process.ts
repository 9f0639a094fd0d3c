/** A controller as a process of its own, to be killed: takes a state directory, a script and a count, runs that many, prints them. */
import { ProcessWorkload } from '../../src/workload/process.ts';
import { eventually } from './eventually.ts';
import { allReady, emptyBackends, impatient, nodeSpec } from './process-workloads.ts';

const [stateDir = '', script = '', replicas = '1'] = process.argv.slice(2);
const opened = await ProcessWorkload.open({ stateDir, backends: emptyBackends(), epoch: 1, timing: impatient });
if (!opened.ok) throw new Error(opened.error.message);
await opened.value.ensure('v1', nodeSpec(['-e', script]), Number(replicas));
const { instances } = await allReady(opened.value, 'v1');
console.log(`instances ${JSON.stringify(instances)}`);
await eventually(() => false, { withinMs: 60_000 });
