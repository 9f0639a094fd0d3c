/** Which Secrets sign is for the operator to say: whoever may write a policy must not have any of the namespace used. */
import { expect, it } from 'vitest';
import { clusterPolicy } from '../../src/release/policy-cluster-parse.ts';
import { parseClusterSettings } from '../../src/release/policy-cluster-settings.ts';
import { aClusterSpec } from '../support/cluster-policy.ts';

const places = {
  check: (http: object): object => ({ checks: [{ name: 'a', at: ['beforeTraffic'], http }] }),
  gate: (http: object): object => ({ gates: [{ name: 'a', http }] }),
  backup: (http: object): object => ({ backup: { hook: { http } } }),
} as const;

async function read(change: object, signing: string) {
  const { notify: _none, ...spec } = aClusterSpec;
  const main = 'main: { prometheus: { url: "http://prometheus.monitoring:9090" } }, pods: { scrape: {} }';
  const text = `sources: { ${main} }\nhooks: { ci: { url: "https://ci.example.com" } }\n${signing}`;
  const settings = await parseClusterSettings(text, 'settings.yaml');
  if (!settings.ok) throw new Error(JSON.stringify(settings.error));
  return clusterPolicy({ name: 'app', namespace: 'shop', spec: { ...spec, ...change } }, settings.value);
}

const signedBy = (secret: string): object => ({ to: 'ci', event: 'binary', sign: { secret } });

it.each(Object.keys(places) as (keyof typeof places)[])(
  'a Secret signs where a %s names it, and the operator',
  async (place) => {
    expect(await read(places[place](signedBy('hook-keys')), 'signingSecrets: [hook-keys]')).toMatchObject({ ok: true });
    const mistyped = await read(places[place](signedBy('hook-key')), 'signingSecrets: [hook-keys]');
    expect(mistyped).toMatchObject({
      error: [
        {
          path: expect.stringMatching(/http\.sign\.secret$/),
          message: expect.stringMatching(
            /checks\.secrets of the chart.*there is hook-keys; did you mean "hook-keys"\?$/,
          ),
        },
      ],
    });
    expect(await read(places[place](signedBy('db')), '')).toMatchObject({
      error: [{ message: expect.stringContaining('there is none at all') }],
    });
  },
);
