/** Whether the instances that the policy says are stable answer, where they run already. */
import { probe } from '../../workload/http-probe.ts';
import { fine, type PreflightLine, skipped } from './line.ts';
import type { PreflightLook } from './look.ts';

export const stableLook: PreflightLook = ({ policy: { target }, timeoutMs }) => {
  const { revision, spec } = target;
  if (spec.kind === 'command') return Promise.resolve([]);
  const { healthPath } = spec;
  const line = async (origin: string, name: string, absent: Absent): Promise<PreflightLine> => {
    const probed = await probe({ origin, healthPath }, timeoutMs);
    if (probed.ok) return fine(name, healthPath === null ? 'accepts connections' : `${healthPath} is well`);
    return absent(name, probed.error);
  };
  if (spec.kind === 'endpoints') return Promise.all(spec.urls.map((url) => line(url, `stable ${url}`, notStarted)));
  const toDeploy: Absent = (name, why) => skipped(name, `${why}; it gets ${revision} by commands.deploy first`);
  // The others are for the canary.
  return Promise.all(spec.hosts.slice(0, spec.replicas).map((host) => line(host.url, `host ${host.name}`, toDeploy)));
};

type Absent = (subject: string, why: string) => PreflightLine;

const notStarted: Absent = (subject, says) => ({
  grade: 'fail',
  subject,
  says,
  fix: 'start it, or mend target in the policy',
});
