/** Jobs that answer questions, on a real control plane. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Question } from '../../src/checks/checks.ts';
import { notWanted } from '../../src/checks/desk.ts';
import { kubernetesJob } from '../../src/checks/job-kubernetes.ts';
import { jobName } from '../../src/checks/job-object-kubernetes.ts';
import { kubernetesKey } from '../../src/checks/secret-kubernetes.ts';
import { applyDefinitions } from '../lab/apply-definitions.ts';
import { clientOf } from '../lab/client-of.ts';
import { type JoinedLab, joinLab } from '../lab/joined-lab.ts';
import { needsLab } from '../lab/needs-lab.ts';
import { aQuestion } from '../support/a-question.ts';
import { suiteEnd } from '../support/at-end.ts';
import { eventually } from '../support/eventually.ts';
import { cronJobPath, suspendedCronJob } from '../support/suspended-cron-job.ts';

describe.runIf(await needsLab())('a Job that answers a question', () => {
  const atEnd = suiteEnd();
  let lab: JoinedLab;
  let namespace = '';

  beforeAll(async () => {
    lab = await joinLab(atEnd);
    await applyDefinitions(lab.api());
    namespace = await lab.namespace();
    const api = lab.api();
    await api.apply(`/apis/sluice.dev/v1alpha1/namespaces/${namespace}/releases/app-1`, {
      ...{ apiVersion: 'sluice.dev/v1alpha1', kind: 'Release', metadata: { name: 'app-1' } },
      spec: { policy: 'app', revision: 'v2' },
    });
  });

  const cronJob = (name: string, script: string): Promise<unknown> =>
    lab.api().apply(cronJobPath(namespace, name), suspendedCronJob({ name, script }));

  const question = (check: string, attempt = 1): Question =>
    aQuestion({ check, namespace, id: `app-1/beforeTraffic/${check}/${attempt}` });

  const never = new AbortController().signal;

  const ask = (asked: Question, timeoutMs = 60_000, signal = never) =>
    kubernetesJob({ client: clientOf(lab, 'admin'), namespace })({
      kind: 'job',
      cronJob: asked.check,
      timeoutMs,
      retries: 0,
    })(asked, signal);

  const jobs = async (): Promise<readonly string[]> =>
    (await lab.api().list(`/apis/batch/v1/namespaces/${namespace}/jobs`)).items
      .filter(({ metadata }) => (metadata as { deletionTimestamp?: string }).deletionTimestamp === undefined)
      .map(({ metadata }) => metadata.name);

  it('tells how it ended, and its last words', { timeout: 240_000 }, async () => {
    await Promise.all([
      cronJob('fails', 'echo first; echo "3 of 7 orders lost"; exit 3'),
      cronJob('hangs', 'echo begun; sleep 600'),
    ]);
    const [failed, late, missing] = await Promise.all([
      ask(question('fails')),
      ask(question('hangs'), 8_000),
      ask(question('absent')),
    ]);
    expect(failed).toMatchObject({
      outcome: 'failed',
      message: expect.stringMatching(
        /^Job fails-\w+: BackoffLimitExceeded.*exited with 3; it said: first \/ 3 of 7 orders lost$/,
      ),
    });
    expect(late).toMatchObject({
      outcome: 'failed',
      message: expect.stringMatching(/^Job hangs-\w+: DeadlineExceeded: .*; it said: begun$/),
    });
    expect(missing).toMatchObject({
      outcome: 'pending',
      message: expect.stringContaining('there is no CronJob absent'),
    });
    // It stays as the record: a controller that asks the same again hears the same.
    expect(await jobs()).toContain(jobName(question('hangs')));
    expect(await ask(question('hangs'), 8_000)).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('DeadlineExceeded'),
    });

    // Asked again: a new one in place of the one before.
    await cronJob('fails', 'echo mended');
    expect(await ask(question('fails', 2))).toMatchObject({
      outcome: 'passed',
      message: expect.stringContaining('it said: mended'),
    });
    expect((await jobs()).filter((name) => name.startsWith('fails-'))).toEqual([jobName(question('fails', 2))]);
  });

  it('is left to the next controller by one that ends, and ended when nobody wants to know', {
    timeout: 240_000,
  }, async () => {
    await cronJob('waits', 'sleep 600');
    const asked = question('waits');
    const name = jobName(asked);
    const ends = new AbortController();
    const first = ask(asked, 60_000, ends.signal);
    await eventually(async () => (await jobs()).includes(name), { withinMs: 60_000 });
    ends.abort();
    expect((await first).outcome).toBe('pending');
    expect(await jobs()).toContain(name);

    const looks = (): number =>
      lab.audit().filter(({ verb, requestURI }) => verb === 'get' && requestURI.endsWith(`/jobs/${name}`)).length;
    const before = looks();
    const given = new AbortController();
    const second = ask(asked, 60_000, given.signal);
    await eventually(() => looks() > before + 1, { withinMs: 60_000 });
    given.abort(notWanted);
    expect((await second).outcome).toBe('pending');
    await eventually(async () => !(await jobs()).includes(name), { withinMs: 60_000 });
  });

  it('is no Job of somebody else, and a key is what its Secret holds', { timeout: 120_000 }, async () => {
    const asked = question('theirs');
    await lab.api().apply(`/apis/batch/v1/namespaces/${namespace}/jobs/${jobName(asked)}`, {
      ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: jobName(asked) } },
      spec: {
        suspend: true,
        template: { spec: { restartPolicy: 'Never', containers: [{ name: 'a', image: 'a:1', command: ['true'] }] } },
      },
    });
    expect(await ask(asked)).toMatchObject({
      outcome: 'pending',
      message: expect.stringContaining('of somebody else'),
    });

    await lab.api().apply(`/api/v1/namespaces/${namespace}/secrets/hook`, {
      ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'hook' } },
      stringData: { key: 'abc\n' },
    });
    const keys = (as: 'admin' | 'bob', signingSecrets = ['hook']) =>
      kubernetesKey({ client: clientOf(lab, as), namespace, signingSecrets });
    const read = keys('admin');
    expect(await read({ from: 'secret', name: 'hook', key: 'key' })).toEqual({ ok: true, value: 'abc' });
    expect(await read({ from: 'secret', name: 'hook', key: 'other' })).toMatchObject({
      error: 'Secret hook has nothing under other',
    });
    for (const refusing of [keys('bob'), keys('admin', ['another'])])
      expect(await refusing({ from: 'secret', name: 'hook', key: 'key' })).toMatchObject({
        error: expect.stringContaining('checks.secrets of the chart'),
      });
  });
});
