import { describe, expect, it } from 'vitest';
import { jobName, jobOf, nameBefore } from '../../src/checks/job-object-kubernetes.ts';
import type { KubeObject } from '../../src/kube/object.ts';
import { aQuestion } from '../support/a-question.ts';

const spec = { kind: 'job', cronJob: 'smoke', timeoutMs: 90_500, retries: 1 } as const;

const cronJob = (job: object): KubeObject => ({
  metadata: { name: 'smoke', uid: 'c', resourceVersion: '1' },
  spec: { jobTemplate: { spec: job } },
});

const template = (more: object = {}): object => ({
  metadata: { labels: { app: 'smoke', 'sluice.dev/revision': 'v1' } },
  spec: { restartPolicy: 'Never', serviceAccountName: 'smoke', containers: [{ name: 'a', image: 'a:1', ...more }] },
});

const made = (job: object) =>
  jobOf(cronJob(job), { question: aQuestion({ canary: ['http://10.0.0.1:80'] }), spec, ownerUid: 'r' });

describe('the Job of a question', () => {
  it('has a name of its own that stays, and that the API takes, however long the names are', () => {
    const question = aQuestion({ check: `Smoke_${'x'.repeat(60)}`, id: `app-1/beforeTraffic/${'x'.repeat(200)}/1` });
    expect(jobName(question)).toBe(jobName({ ...question }));
    expect(jobName(question)).toMatch(/^[a-z0-9]([-a-z0-9]{0,56}[a-z0-9])?$/);
    expect(jobName(question)).not.toBe(jobName({ ...question, id: `${question.id}1` }));
  });

  it('knows the one of the try before it', () => {
    const question = aQuestion();
    expect(nameBefore(question)).toBeNull();
    expect(nameBefore({ ...question, id: question.id.replace(/1$/, '2') })).toBe(jobName(question));
  });

  it('is what the CronJob says, told what the question is about, with a deadline, and without the marks of a revision', () => {
    const job = made({
      selector: {},
      backoffLimit: 6,
      template: template({
        env: [
          { name: 'A', value: 'b' },
          { name: 'SLUICE_ID', value: 'x' },
        ],
      }),
    });
    expect(job).toMatchObject({
      ok: true,
      value: {
        metadata: { ownerReferences: [{ kind: 'Release', name: 'app-1', uid: 'r' }] },
        spec: {
          backoffLimit: 1,
          activeDeadlineSeconds: 91,
          template: {
            metadata: { labels: { app: 'smoke' } },
            spec: { serviceAccountName: 'smoke', containers: [{ image: 'a:1' }] },
          },
        },
      },
    });
    const text = JSON.stringify(job);
    expect(text).not.toContain('selector');
    expect(text).not.toContain('sluice.dev/revision');
    expect(text).toContain('{"name":"A","value":"b"},{"name":"SLUICE_ID","value":"app-1/beforeTraffic/smoke/1"}');
    expect(text).toContain('{"name":"SLUICE_CANARY","value":"http://10.0.0.1:80"}');
  });

  it('keeps a shorter deadline of the CronJob, and needs a container', () => {
    expect(made({ activeDeadlineSeconds: 5, template: template() })).toMatchObject({
      value: { spec: { activeDeadlineSeconds: 5 } },
    });
    expect(made({ template: { spec: { containers: [] } } })).toEqual({
      ok: false,
      error: 'CronJob smoke has no template with a container',
    });
  });
});
