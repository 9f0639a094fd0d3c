/** The weights that a controller wrote into a namespace's VirtualServices, as the lab's API server tells. */
import type { JoinedLab } from '../lab/joined-lab.ts';
import type { Route } from '../lab/rising.ts';

/** By the controller, as the API server wrote it down; the same again is none. */
export const weightsWritten = (lab: JoinedLab, namespace: string): readonly number[] =>
  lab
    .audit()
    .filter(({ objectRef }) => objectRef?.resource === 'virtualservices' && objectRef.namespace === namespace)
    .filter(({ responseStatus, user }) => (responseStatus?.code ?? 0) < 300 && user.username.endsWith(':sluice'))
    .flatMap(({ responseObject }) => (responseObject as Partial<Route> | undefined)?.spec?.http[0]?.route[1] ?? [])
    .map(({ weight = 0 }) => weight)
    .filter((weight, at, all) => weight !== all[at - 1]);
