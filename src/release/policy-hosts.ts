/** `target` by commands: the hosts that revisions are put on, one at a time, and what is run for it. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { duration } from '../lib/config-file/duration-schema.ts';
import type { HostsSpec } from '../workload/revision-spec.ts';
import { endpoint } from './policy-endpoint.ts';

const hostName = z.string().refine((text) => /^[a-zA-Z0-9][a-zA-Z0-9._-]{0,252}$/.test(text), {
  error: ({ input }) => `${describeFound(input)} is no name of a host; use letters, digits, dots, - and _`,
});

const different = (values: readonly string[]): boolean => new Set(values).size === values.length;

export const hostsWords = z
  .array(
    z.strictObject({
      name: hostName.meta({ description: 'As the commands know it.' }),
      url: endpoint.meta({ description: 'Where it serves.', examples: ['http://10.0.0.11:8080'] }),
    }),
  )
  .min(2)
  .max(500)
  .refine((hosts) => different(hosts.map(({ name }) => name)), 'names a host twice')
  .refine((hosts) => different(hosts.map(({ url }) => url)), 'names an address twice');

const command = z.array(z.string().min(1).max(10_000)).min(1).max(100);

const limits = { minMs: 1_000, maxMs: 86_400_000 };

export const hostCommandWords = z.strictObject({
  deploy: command.meta({ description: 'Program and arguments that put {revision} on {host}.' }),
  promote: command.optional().meta({ description: 'On a host that served another revision. Default: deploy.' }),
  rollback: command.optional().meta({ description: 'On a host that gets back what it ran before. Default: deploy.' }),
  remove: command.optional().meta({ description: 'Takes {revision} off a host that is left to nobody.' }),
  timeout: duration(limits).optional().meta({ description: 'Of one run. Default 10m.' }),
  retries: z.int().min(0).max(20).optional().meta({ description: 'Tries after the first. Default 2.' }),
  drain: duration({ ...limits, minMs: 0 })
    .optional()
    .meta({
      description: "Between a host's last new request and a command that changes it. Default 10s.",
    }),
});

type HostWords = Pick<HostsSpec, 'cwd' | 'env' | 'healthPath' | 'replicas'> & {
  readonly hosts: z.output<typeof hostsWords>;
  readonly commands: z.output<typeof hostCommandWords>;
  readonly artefact: string | null;
};

export function hostsSpec({ commands, ...rest }: HostWords): HostsSpec {
  const { deploy, promote, rollback, remove, timeout, retries, drain } = commands;
  return {
    kind: 'hosts',
    ...rest,
    commands: {
      deploy,
      promote: promote ?? null,
      rollback: rollback ?? null,
      remove: remove ?? null,
      timeoutMs: timeout ?? 600_000,
      retries: retries ?? 2,
      drainMs: drain ?? 10_000,
    },
  };
}

/** What the words get wrong together; null: nothing. One host is always another revision's: the canary's, or the way back. */
export function hostsProblem({ commands, hosts, replicas }: Readonly<Record<string, unknown>>): string | null {
  if (hosts === undefined && commands !== undefined) return 'target has commands without hosts; they belong together';
  if (hosts !== undefined && commands === undefined) return 'target has hosts without commands; they belong together';
  if (!Array.isArray(hosts) || typeof replicas !== 'number' || replicas < hosts.length) return null;
  return `target has ${hosts.length} hosts for ${replicas} replicas; it needs one more, for the canary and for the way back`;
}
