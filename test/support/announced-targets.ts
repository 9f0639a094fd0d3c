/** Tells Prometheus where a controller's instances are, as they come and go, and the controller itself. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AtEnd } from './at-end.ts';
import { instanceRecords } from './instance-records.ts';
import type { RunningController } from './running-controller.ts';

export const targetsFile = (folder: string): string => join(folder, 'targets.json');

export interface Announced {
  /** Where the file of the targets is. */
  readonly folder: string;
  readonly policyDir: string;
  readonly controller: RunningController;
  readonly atEnd: AtEnd;
}

/** Answers how to name targets (host:port) besides those that Sluice started. */
export function announceTargets({
  folder,
  policyDir,
  controller,
  atEnd,
}: Announced): (others: readonly string[]) => void {
  let told = '';
  let others: readonly string[] = [];
  const tell = (): void => {
    const app = instanceRecords(policyDir).map(({ port }) => `127.0.0.1:${port}`);
    const text = JSON.stringify([
      { targets: [...app, ...others], labels: { job: 'app' } },
      { targets: [new URL(controller.url()).host], labels: { job: 'sluice' } },
    ]);
    if (text === told) return;
    told = text;
    writeFileSync(`${targetsFile(folder)}.next`, text);
    renameSync(`${targetsFile(folder)}.next`, targetsFile(folder));
  };
  const timer = setInterval(tell, 50);
  atEnd(() => clearInterval(timer));
  return (targets) => {
    others = targets;
  };
}
