/** `sources`: where numbers come from, each under a name that `metrics` refers to. */
import { z } from 'zod';
import { exactlyOne } from '../lib/config-file/exactly-one.ts';
import { laterWords } from '../lib/config-file/issue-message.ts';
import type { SourceSpec } from './policy.ts';
import { fromFolder, httpAddress, interval, plainText, urlPath } from './policy-fields.ts';
import { headerWords } from './policy-headers.ts';

/** A server that is asked over HTTP, with its credentials. */
const server = z
  .strictObject({
    url: httpAddress,
    interval: interval.optional().meta({ description: 'How often it is asked. Default 5s.' }),
    timeout: interval.optional().meta({ description: 'Deadline of one request. Default 3s.' }),
    headers: headerWords.optional(),
    tokenFile: plainText.optional().meta({ description: 'File with a bearer token.' }),
    caFile: plainText.optional().meta({ description: 'File with the certificate authority to trust.' }),
  })
  .refine(
    ({ headers: given = {}, tokenFile }) =>
      tokenFile === undefined || !Object.keys(given).some((name) => name.toLowerCase() === 'authorization'),
    'has both tokenFile and an Authorization header; keep one of them',
  );

const scrape = z.strictObject({
  path: urlPath.optional().meta({ description: "Path of each instance's metrics. Default /metrics." }),
  interval: interval.optional().meta({ description: 'How often each instance is asked. Default 1s.' }),
  timeout: interval.optional().meta({ description: 'Deadline of one request. Default 1s.' }),
});

export const sourceWords = z
  .strictObject(
    { prometheus: server.optional(), alertmanager: server.optional(), scrape: scrape.optional() },
    laterWords('datadog', 'cloudwatch', 'influxdb', 'newRelic'),
  )
  .superRefine(exactlyOne(['prometheus', 'alertmanager', 'scrape']));

export type SourceWords = z.output<typeof sourceWords>;

const sourceNames = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, 'is no name of a source; use lower-case letters, digits and -');

export const sourcesWords = z.record(sourceNames, sourceWords);

/** `folder`: where the policy's file is. */
export const sourceFrom = ({ prometheus, alertmanager, scrape: direct }: SourceWords, folder: string): SourceSpec => {
  const asked = prometheus ?? alertmanager;
  if (asked === undefined) {
    return {
      kind: 'scrape',
      path: direct?.path ?? '/metrics',
      intervalMs: direct?.interval ?? 1_000,
      timeoutMs: direct?.timeout ?? 1_000,
    };
  }
  return {
    kind: prometheus === undefined ? 'alertmanager' : 'prometheus',
    url: asked.url,
    intervalMs: asked.interval ?? 5_000,
    timeoutMs: asked.timeout ?? 3_000,
    headers: asked.headers ?? {},
    tokenFile: fromFolder(folder, asked.tokenFile),
    caFile: fromFolder(folder, asked.caFile),
  };
};
