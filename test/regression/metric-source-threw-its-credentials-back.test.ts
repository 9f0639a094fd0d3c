/** A server in front of Prometheus or Alertmanager said in its error what it was shown, and the release told it on. */
import { writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { alertmanagerSource } from '../../src/metrics/alertmanager-http.ts';
import { readRequest } from '../../src/metrics/measure.ts';
import { prometheusSource } from '../../src/metrics/prometheus.ts';
import { arms, errorRule } from '../support/metrics.ts';
import { tempDir } from '../support/temp-dir.ts';
import { startUpstream } from '../support/upstream.ts';

const token = 'canary-source-7f3a9c51e2';
const cookie = 'canary-cookie-7f3a9c51e2';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const shown = ({ headers }: IncomingMessage): string =>
  `not with ${JSON.stringify(headers)} or ${Buffer.from(token).toString('base64')}`;

const answers: readonly (readonly [string, Answer])[] = [
  ['an error', (request, response) => void response.writeHead(500).end(shown(request))],
  [
    'an error of the query API',
    (request, response) =>
      void response.writeHead(400).end(JSON.stringify({ status: 'error', errorType: 'bad', error: shown(request) })),
  ],
  ['no JSON', (request, response) => void response.end(shown(request))],
  [
    'a redirect',
    (_request, response) => void response.writeHead(302, { location: `https://login/${token}?with=${token}` }).end(),
  ],
];

it.each(answers)('%s tells none of them', async (_words, answer) => {
  const { origin } = await startUpstream((request, response) => {
    request.resume();
    answer(request, response);
  });
  const tokenFile = join(await tempDir(), 'token');
  writeFileSync(tokenFile, `${token}\n`);
  const options = { name: 'main', url: origin, intervalMs: 1_000, timeoutMs: 5_000, tokenFile, headers: { cookie } };
  const alerts = [{ id: 'high', alertname: 'High', labels: {} }];
  const request = { ...readRequest([errorRule], arms, 30_000), alerts };
  const asked = [prometheusSource(options).read(request), alertmanagerSource(options).read(request)];
  for (const said of await Promise.all(asked)) {
    expect(said.kind).toBe('failed');
    expect(JSON.stringify(said)).not.toMatch(/7f3a9c51e2|Y2FuYXJ5LXNvdXJjZS/);
  }
});
