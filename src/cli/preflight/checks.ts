/** What the checks of a policy ask: whether somebody listens there, and whether there is a key to sign with. Only a connection is opened; nothing is sent. */

import { connect } from 'node:net';
import type { CheckSpec, HttpAskSpec } from '../../release/check-spec.ts';
import { ownKey } from '../../wiring/check-desk.ts';
import { fine, type PreflightLine, skipped } from './line.ts';
import type { PreflightScene } from './look.ts';

type Asked = Pick<PreflightScene, 'timeoutMs'> & {
  readonly policy: Pick<PreflightScene['policy'], 'backup' | 'checks'>;
};

export const checksLook = async ({ policy, timeoutMs }: Asked): Promise<readonly PreflightLine[]> => {
  const hook = policy.backup?.hook ?? null;
  const asks = [
    ...policy.checks.map(({ ask, name }) => ({ ask, subject: `check ${name}` })),
    ...(hook === null ? [] : [{ ask: hook, subject: 'backup.hook' }]),
  ];
  return (await Promise.all(asks.map((each) => linesOf(each, timeoutMs)))).flat();
};

interface Asking extends Pick<CheckSpec, 'ask'> {
  readonly subject: string;
}

async function linesOf({ ask, subject }: Asking, timeoutMs: number): Promise<readonly PreflightLine[]> {
  if (ask.kind !== 'http') return [];
  const key = await keyLine(subject, ask.key);
  if (/^\{(canary|stable)\}/.test(ask.url))
    return [...key, skipped(subject, 'asks the instances of a release, once there is one')];
  return [...key, await hostLine(subject, new URL(ask.url.replace(/\{\w+\}/g, 'x')), timeoutMs)];
}

async function keyLine(subject: string, key: HttpAskSpec['key']): Promise<readonly PreflightLine[]> {
  if (key === null) return [];
  const read = await ownKey(key);
  if (read.ok) return [];
  const says = `there is no key to sign with: ${read.error}`;
  // The controller may have another environment than we have here.
  if (key.from === 'env') return [{ grade: 'warn', subject, says, fix: `start the controller with ${key.name} set` }];
  return [{ grade: 'fail', subject, says, fix: 'make it: openssl rand -base64 32, and give it to the receiver, too' }];
}

async function hostLine(subject: string, url: URL, timeoutMs: number): Promise<PreflightLine> {
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  const problem = await reached(url.hostname.replace(/^\[|\]$/g, ''), port, timeoutMs);
  if (problem === null) return fine(subject, `${url.host} takes connections; nothing was sent`);
  return { grade: 'fail', subject, says: `${url.host}: ${problem}`, fix: 'start what listens there, or mend the url' };
}

/** null: somebody listens. */
const reached = (host: string, port: number, timeoutMs: number): Promise<string | null> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    const end = (problem: string | null): void => {
      socket.destroy();
      resolve(problem);
    };
    socket.setTimeout(timeoutMs, () => end(`no connection within ${timeoutMs} ms`));
    socket.once('connect', () => end(null));
    socket.once('error', (error) => end(error.message));
  });
