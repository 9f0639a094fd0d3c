import { expect, it } from 'vitest';
import { kubernetesJob } from '../../src/checks/job-kubernetes.ts';
import { jobName } from '../../src/checks/job-object-kubernetes.ts';
import { aQuestion } from '../support/a-question.ts';
import { eventually } from '../support/eventually.ts';
import { startKubeObjects } from '../support/kube-objects.ts';

const jobs = '/apis/batch/v1/namespaces/default/jobs';
const spec = { kind: 'job', cronJob: 'smoke', timeoutMs: 50, retries: 0 } as const;

it.each(['Failed', 'FailureTarget'])(
  'is ended by the cluster when it is late (%s), and stays: a controller that asks the same again runs nothing twice',
  async (type) => {
    const { accepted, at, put, server } = await startKubeObjects();
    put('/apis/sluice.dev/v1alpha1/namespaces/default/releases/app-1', {});
    put('/apis/batch/v1/namespaces/default/cronjobs/smoke', {
      spec: { jobTemplate: { spec: { template: { spec: { containers: [{ name: 'a', image: 'a:1' }] } } } } },
    });
    const place = { client: server.client(), namespace: 'default' };
    const question = aQuestion();
    const ask = () => kubernetesJob(place)(spec)(question, new AbortController().signal);
    const job = `${jobs}/${jobName(question)}`;
    const first = ask();
    // The second look comes after the time-out.
    const looks = (): number => server.calls.filter(({ method, path }) => method === 'GET' && path === job).length;
    await eventually(() => looks() >= 2);
    const condition = { type, status: 'True', reason: 'DeadlineExceeded', message: 'too long' };
    put(job, { ...at(job), status: { conditions: [condition] } });

    const heard = { outcome: 'failed', message: `Job ${jobName(question)}: DeadlineExceeded: too long; it has no pod` };
    expect(await first).toMatchObject(heard);
    expect(await ask()).toMatchObject(heard);
    expect(accepted).toEqual([`POST ${jobs}`]);
  },
);
