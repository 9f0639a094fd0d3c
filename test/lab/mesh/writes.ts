/** What Sluice wrote on an object, as the API server wrote it down. */
import type { JoinedLab } from '../joined-lab.ts';

/** Answers to its writes so far, in their order. */
export const writesOn = (lab: JoinedLab, path: string): readonly (number | undefined)[] =>
  lab
    .audit()
    .filter(
      ({ requestURI, verb, user }) =>
        user.username === 'sluice' && verb === 'patch' && requestURI.startsWith(`${path}?`),
    )
    .map(({ responseStatus }) => responseStatus?.code);
