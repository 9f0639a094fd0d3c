/** What to try on a demo that was left running. */
import { isAbsolute, relative } from 'node:path';
import type { Release } from '../../release/release.ts';
import { policyName } from './demo-policy.ts';
import { sampleServicePath } from './sample-command.ts';
import type { Stage } from './stage.ts';

/** `guest`: the release that waits for the visitor; null: there is none. */
export const keepWords = (
  { controller, logPath, url }: Pick<Stage, 'controller' | 'logPath' | 'url'>,
  guest: Release | null,
): readonly string[] => {
  const sluice = [process.execPath, process.argv[1] ?? ''].map(fromHere).join(' ');
  return [
    '',
    `The page: ${controller.url}/`,
    ...(guest === null
      ? []
      : [
          `${guest.revision} is paused at the beginning of its first bake and waits for you: ${controller.url}/#/release/${guest.id}`,
          '(its buttons resume, promote or abort it, and say first what each of them does)',
        ]),
    '',
    `It goes on until Ctrl-C or q: users at ${url}, HTTP API at ${controller.url}. In another terminal:`,
    '',
    `  alias sluice='${sluice} --server ${controller.url}'`,
    '  sluice list',
    `  sluice start ${policyName} --revision v5 --replicas 2 --health /healthz --env VERSION=v5 -- ${fromHere(process.execPath)} ${fromHere(sampleServicePath)}`,
    '  sluice watch',
    `  sluice explain ${policyName}`,
    `  curl ${controller.url}/api/v1/releases`,
    '',
    `The load ends by itself after an hour. The controller's log: ${logPath}`,
  ];
};

/** Shorter where it is below the present folder. */
const fromHere = (path: string): string => {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || isAbsolute(short) || short === '' ? path : short;
};
