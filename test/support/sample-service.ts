/** The sample service as a process of a test, with its controls at hand. */
import { sampleServicePath } from '../../src/cli/demo/sample-command.ts';
import type { SampleFaults } from '../../src/cli/demo/sample-faults.ts';
import { type AtEnd, atTestEnd } from './at-end.ts';
import { startProcess, type TestProcess } from './process.ts';

export interface TestService {
  readonly url: string;
  readonly process: TestProcess;
  /** Changes some faults (`POST /_control`). */
  control(change: Partial<SampleFaults> & { readonly exit?: number }): Promise<Response>;
}

/** Starts it on a free port with these environment variables; settles when it listens. */
export async function startSampleService(
  env: Readonly<Record<string, string>> = {},
  atEnd: AtEnd = atTestEnd,
): Promise<TestService> {
  const command = [process.execPath, sampleServicePath] as const;
  const service = startProcess(command, { env: { ...process.env, PORT: '0', LATENCY_MS: '1', ...env }, atEnd });
  const [, url = ''] = await service.says(/on (http:\S+)/);
  const control: TestService['control'] = (change) =>
    fetch(`${url}/_control`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(change),
    });
  return { url, process: service, control };
}
