/** What a workload of a cluster refuses to do, or has to wait for, in sentences. */
import type { Problem } from '../../lib/result.ts';
import type { Backend } from '../workload.ts';

const refusal = (reason: string, message: string): Problem => ({ reason, message, retryable: false });

const notYet = (reason: string, message: string): Problem => ({ reason, message, retryable: true });

export const noPods = (revision: string): Problem =>
  refusal('WrongKind', `${revision} is made of something else than pods`);

export const stillServed = (revision: string): Problem =>
  refusal('StillServed', `${revision} can't be stopped: stable serves it; point stable at another revision first`);

export const unknown = (backend: Backend, revision: string): Problem =>
  refusal('UnknownRevision', `${backend} can't serve ${revision}: no pod of it was asked for; ensure it first`);

export const nobody = (revision: string | null): Problem =>
  revision === null
    ? refusal('NoReadyInstance', 'stable must serve some revision: users would get errors only')
    : notYet('NoReadyInstance', `stable can't serve ${revision}: none of its pods is ready yet`);

export const late = (service: string): Problem =>
  notYet('EndpointsLate', `the endpoints of Service ${service} have not followed its selector yet`);
