/** `sluice start POLICY --dry-run` in a cluster: every object and field that the release would write, and nothing written. */
import type { Rehearsal } from '../wiring/dry-run/rehearsal.ts';
import { namesCluster } from './cluster-api.ts';
import { type ClusterOptions, openCluster } from './cluster-client.ts';
import type { Context } from './context.ts';
import { emit } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

const couldNotRead: ReadonlySet<string> = new Set([
  'Forbidden',
  'Garbled',
  'Unauthorized',
  'Unreachable',
  'Throttled',
  'NotFound',
]);

export async function dryRun(context: Context, policy: string, options: ClusterOptions): Promise<ExitCode> {
  if (!namesCluster(options))
    return context.fail(
      'start --dry-run is of a cluster: say which (-n NAMESPACE, --kubeconfig FILE or --kube-context NAME); without one, sluice preflight POLICY changes nothing either',
    );
  const cluster = await openCluster(options);
  if (!cluster.ok) return context.fail(cluster.error);
  const { rehearsalOf } = await import('../wiring/dry-run/rehearsal.ts');
  const rehearsed = await rehearsalOf(cluster.value, policy);
  if (!rehearsed.ok) {
    const { message, reason } = rehearsed.error;
    const code = context.fail(message);
    return couldNotRead.has(reason) ? code : exitCodes.notReady;
  }
  const value = rehearsed.value;
  emit(context, { value, names: [...new Set(value.writes.map(nameOf))], lines: () => linesOf(value) });
  return value.problem === null ? exitCodes.ok : exitCodes.notReady;
}

type Write = Rehearsal['writes'][number];

const nameOf = ({ kind, path }: Write): string => `${kind}/${path.split('/').at(-1) ?? ''}`;

function linesOf({ besides, namespace, policy, problem, revision, stable, writes }: Rehearsal): readonly string[] {
  const stages = [...new Set(writes.map(({ stage }) => stage))];
  const unasked = new Set(writes.flatMap((write) => (write.unasked === null ? [] : [write.unasked])));
  return [
    `nothing was written; what a release of ${policy} in ${namespace} would write, ${stable} -> ${revision}, if nothing objects:`,
    ...stages.flatMap((stage) => ['', stage, ...writes.filter((write) => write.stage === stage).flatMap(writeLines)]),
    '',
    ...besides.map((each) => `and ${each}`),
    'a breach on the way writes weight 0 into the route, then takes the pods of the new revision to none',
    ...[...unasked].map((why) => `admission was not asked everywhere: ${why}`),
    ...(problem === null ? [] : [`here it would stop: ${problem.message}`]),
  ];
}

const writeLines = (write: Write): readonly string[] => [
  `  ${write.verb} ${nameOf(write)}`,
  ...(write.verb === 'delete' ? [] : write.fields.map((field) => `    ${field.path}: ${changeOf(field)}`)),
];

function changeOf({ from, to }: Write['fields'][number]): string {
  const after = to === undefined ? '(removed)' : textOf(to);
  return from === undefined ? after : `${textOf(from)} -> ${after}`;
}

/** Keys and files in a template may be long; -o json has all of them. */
const textOf = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 99)}~` : text;
};
