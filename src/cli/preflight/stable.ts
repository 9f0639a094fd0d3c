/** Whether the instances that the policy says are stable answer, where they run already. */
import { probe } from '../../workload/http-probe.ts';
import { fine, type PreflightLine } from './line.ts';
import type { PreflightLook } from './look.ts';

export const stableLook: PreflightLook = ({ policy: { target }, timeoutMs }) => {
  const { spec } = target;
  if (spec.kind !== 'endpoints') return Promise.resolve([]);
  const healthPath = spec.healthPath;
  return Promise.all(
    spec.urls.map(async (origin): Promise<PreflightLine> => {
      const subject = `stable ${origin}`;
      const probed = await probe({ origin, healthPath }, timeoutMs);
      if (probed.ok) return fine(subject, healthPath === null ? 'accepts connections' : `${healthPath} is well`);
      return { grade: 'fail', subject, says: probed.error, fix: 'start it, or mend target in the policy' };
    }),
  );
};
