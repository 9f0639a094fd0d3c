/** Changes how an instance of the sample service behaves. */
import type { SampleFaults } from '../../src/cli/demo/sample-faults.ts';

export async function changeFaults(port: number, faults: Partial<SampleFaults>): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/_control`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(faults),
  });
  if (!answer.ok) throw new Error(`the sample service on ${port} answers ${answer.status}: ${await answer.text()}`);
}
