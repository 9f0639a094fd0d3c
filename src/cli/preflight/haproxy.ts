/** Every HAProxy of the policy: what its runtime API and its configuration file say against a release. */

import type { HaproxyTraffic } from '../../release/policy.ts';
import type { Finding } from '../../router/finding.ts';
import { configFindings } from '../../router/haproxy/config-findings.ts';
import { parseRuntimeEndpoint } from '../../router/haproxy/endpoint.ts';
import { type Examination, examinePlaces } from '../../router/haproxy/examine-places.ts';
import { HaproxyPlace } from '../../router/haproxy/place.ts';
import { fine, type PreflightLine } from './line.ts';
import type { PreflightLook } from './look.ts';

export const haproxyLook: PreflightLook = async ({ policy: { traffic }, timeoutMs }) => {
  if (traffic.kind !== 'haproxy') return [];
  const { backend, config, endpoints, servers } = traffic;
  const places = endpoints.map(
    (endpoint) => new HaproxyPlace({ endpoint: parseRuntimeEndpoint(endpoint), backend, deadlineMs: timeoutMs }),
  );
  const [examined, file] = await Promise.all([
    examinePlaces(places, { backend, names: servers }),
    configFindings(config, backend),
  ]);
  return [...examined.flatMap((each) => placeLines(each, traffic)), ...fileLines(config, file)];
};

function placeLines(
  { findings, place, seen }: Examination,
  { backend, servers }: HaproxyTraffic,
): readonly PreflightLine[] {
  const subject = `haproxy ${place}`;
  const lines = findings.map((finding) => lineOf(subject, finding));
  if (seen === null || lines.some(({ grade }) => grade === 'fail')) return lines;
  const found = `backend ${backend} has ${servers.stable.join(', ')} for stable and ${servers.canary.join(', ')} for the canary`;
  return [fine(subject, `HAProxy ${seen.version}, level admin; ${found}; balance ${seen.algorithm}`), ...lines];
}

const fileLines = (file: string | null, findings: readonly Finding[]): readonly PreflightLine[] =>
  file === null || findings.length > 0
    ? findings.map((finding) => lineOf('haproxy.cfg', finding))
    : [fine('haproxy.cfg', `${file}: nothing stands in the way`)];

const lineOf = (subject: string, { fix, grade, message }: Finding): PreflightLine => ({
  grade: grade === 'unfit' ? 'fail' : 'warn',
  subject,
  says: message,
  fix,
});
