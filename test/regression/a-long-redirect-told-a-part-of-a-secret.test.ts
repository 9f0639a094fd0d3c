/** An address was cut before the secrets in it were masked, so that a part of one stood at its end. */
import { expect, it } from 'vitest';
import { askHttp } from '../../src/checks/http-ask.ts';
import type { HttpAskSpec } from '../../src/release/check-spec.ts';
import { ownKey } from '../../src/wiring/check-desk.ts';
import { aQuestion } from '../support/a-question.ts';
import { startUpstream } from '../support/upstream.ts';

it('a secret that comes back in a redirect is told in no part, however long the address', async () => {
  const secret = 'SECRET-OF-THE-POLICY-'.repeat(4);
  const spec: HttpAskSpec = {
    ...{ kind: 'http', url: '{canary}/ok', method: 'GET', status: [200], body: null, withinMs: null, retries: 0 },
    ...{ timeoutMs: 60_000, headers: { 'x-api-key': secret }, server: null, key: null, event: 'none' },
  };
  const location = `https://login.invalid/${'x'.repeat(80)}/${secret}/end`;
  const { origin } = await startUpstream((_request, response) => response.writeHead(302, { location }).end());
  const around = { signal: new AbortController().signal, readKey: ownKey };
  const { message } = await askHttp(spec, aQuestion({ canary: [origin] }), around);
  expect(message).toContain('/xxx');
  expect(message).not.toContain('SECRET');
});
