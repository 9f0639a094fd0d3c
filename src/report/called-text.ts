/** Who called a rollback a false alarm, when, and why. */
import type { FalseAlarm } from '../gate/false-alarm.ts';

export const calledText = ({ who, reason, atMs }: NonNullable<FalseAlarm['called']>): string =>
  `called a false alarm by ${who} at ${new Date(atMs).toISOString().slice(0, 19)}Z: "${reason}"`;
