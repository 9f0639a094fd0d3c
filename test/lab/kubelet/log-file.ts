/** Where the output of a container lies: that of its present run, and that of the run before. */
import { join } from 'node:path';

export interface ContainerName {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

export const logFileOf = (lab: string, { namespace, pod, container }: ContainerName): string =>
  join(lab, 'logs', 'pods', `${namespace}_${pod}_${container}.log`);

export const previousOf = (file: string): string => `${file}.previous`;
