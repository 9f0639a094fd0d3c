/** Users of a service in the lab who never stop asking once it serves, and whom each answered. */
import { request } from 'undici';
import type { AtEnd } from './at-end.ts';

export interface ClusterUsers {
  /** Answers by the version that gave them. */
  readonly answers: Readonly<Record<string, number>>;
  /** Every answer that is none of success since the first that is one, in words. */
  readonly failed: readonly string[];
  stop(): Promise<ClusterUsers>;
}

export function startClusterUsers(url: string, host: string, atEnd: AtEnd): ClusterUsers {
  const answers: Record<string, number> = {};
  const failed: string[] = [];
  let isOver = false;
  // A route that was just made takes its time through the mesh, and nobody is promised anything before.
  let isServed = false;
  const lane = async (): Promise<void> => {
    while (!isOver) {
      try {
        const { statusCode, headers, body } = await request(url, { headers: { host } });
        await body.dump();
        const version = String(headers['x-version']);
        isServed ||= statusCode === 200;
        if (statusCode === 200) answers[version] = (answers[version] ?? 0) + 1;
        else if (isServed) failed.push(`${statusCode} of ${version}`);
      } catch (error) {
        if (isServed) failed.push(String(error));
      }
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  };
  const lanes = Promise.all(Array.from({ length: 4 }, lane));
  const stop = async (): Promise<ClusterUsers> => {
    isOver = true;
    await lanes;
    return users;
  };
  const users = { answers, failed, stop };
  atEnd(stop);
  return users;
}
