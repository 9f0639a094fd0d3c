/** `/metrics` of a controller with a thousand releases of six rules each, from the first byte asked to the last one read. */

import { openMemoryStore } from '../../src/release/memory.ts';
import { aRule } from '../support/a-rule.ts';
import { testServer } from '../support/http-server.ts';
import { must } from '../support/proxy.ts';
import { bakingRelease, passing } from '../support/sample-release.ts';
import { withCleanUp } from './rig/clean-up.ts';
import { figure } from './rig/figure.ts';

const releases = 1_000;
const scrapes = 20;
const rules = Array.from({ length: 6 }, (_, n) => aRule({ name: `rule_${n}` }));

await withCleanUp(async (atEnd) => {
  const store = must(openMemoryStore());
  const { url } = await testServer({ store }, atEnd);
  const verdicts = rules.map((rule) => passing(rule));
  for (let n = 0; n < releases; n += 1)
    must(await store.save(bakingRelease({ id: `app-${n}`, policy: `policy-${n}`, verdicts }), []));
  const tookMs: number[] = [];
  let bytes = 0;
  for (let n = 0; n < scrapes; n += 1) {
    const startMs = performance.now();
    const answer = await fetch(`${url}/metrics`);
    bytes = (await answer.arrayBuffer()).byteLength;
    tookMs.push(performance.now() - startMs);
  }
  console.log(figure(`/metrics with ${releases} releases`, 'ms', { values: tookMs, reach: { median: 100 } }));
  console.log(`  ${(bytes / 1e6).toFixed(1)} MB, client included; all in one process`);
});
