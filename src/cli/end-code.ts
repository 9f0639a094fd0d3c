/** How a release came out, as an exit code. */
import type { ReleaseView } from '../report/release-view.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

export const endCode = ({ result }: ReleaseView): ExitCode =>
  result === 'succeeded' ? exitCodes.ok : exitCodes.notDelivered;
