/** A CronJob that runs only when Sluice makes a Job of it: one container with a script. */

interface Script {
  readonly name: string;
  /** Of a shell. */
  readonly script: string;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
}

export const cronJobPath = (namespace: string, name: string): string =>
  `/apis/batch/v1/namespaces/${namespace}/cronjobs/${name}`;

export const suspendedCronJob = ({ name, script, env = [] }: Script): object => ({
  apiVersion: 'batch/v1',
  kind: 'CronJob',
  metadata: { name },
  spec: {
    schedule: '0 0 1 1 *',
    suspend: true,
    jobTemplate: {
      spec: {
        template: {
          spec: {
            restartPolicy: 'Never',
            containers: [{ name, image: `${name}:1`, command: ['sh', '-c', script], env }],
          },
        },
      },
    },
  },
});
