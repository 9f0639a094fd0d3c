/** `sluice start POLICY --revision NAME`: begin to deliver a revision, as a command or as instances that exist. */
import { resolve } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { failed, ok, type Result } from '../lib/result.ts';
import type { ReleaseView } from '../report/release-view.ts';
import type { ClusterOptions } from './cluster-client.ts';
import { type Context, personHere, runWith } from './context.ts';
import { emit } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { splitWords } from './split-words.ts';
import { dryRun } from './start-dry-run.ts';

interface StartOptions extends ClusterOptions {
  readonly dryRun?: true;
  readonly revision?: string;
  readonly command?: string;
  readonly endpoint?: readonly string[];
  readonly artefact?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly replicas?: number;
  readonly health?: string;
  readonly rollback?: string;
  readonly reason?: string;
}

const example = `
Examples:
  $ sluice start app --revision v1.9.0 --command 'node server.js'
  $ sluice start app --revision v1.9.0 --replicas 2 -- node server.js
  $ sluice start app --revision v1.9.0 \\
      --endpoint http://10.0.0.7:8080 --endpoint http://10.0.0.8:8080
  $ sluice start app --revision v1.9.0 --artefact app-1.9.0.tar.gz   # on hosts
  $ sluice start app --revision v2 --rollback forbidden \\
      --reason 'drops a column' -- node server.js`;

const inCluster = `
In a cluster a release begins by itself when the Deployment has not changed for
15 s; start begins it at once, and confirms one that waits for that.
  $ sluice start app -n shop
  $ sluice start app -n shop --dry-run     # what it would write; -o json: all
A dry run asks the API server (dryRun=All), so that admission answers, and goes
on as if nothing objected, to the end of the watch. It exits with 0; 1: it would
not begin, or stop on its way; 3: something could not be read.`;

export const registerStart = (program: Command): void => {
  program
    .command('start')
    .description('begin a release: deliver a new revision under a policy')
    .argument('<policy>', 'policy that the controller runs')
    .argument('[words...]', 'after --: the command to start, word by word')
    .option('--revision <name>', 'name of the new revision; in a cluster default: what the Deployment asks for')
    .option('--command <line>', 'command that starts an instance; no shell reads it')
    .option('--endpoint <url>', 'instance that runs already; may be given again', collected)
    .option('--artefact <text>', "what the policy's commands install on its hosts; default: the revision")
    .option('--env <name=value>', 'variable for the command; may be given again', variable)
    .option('--cwd <folder>', 'folder to start the command in')
    .option('--replicas <count>', 'instances of the command', positive)
    .option('--health <path>', 'path that answers 2xx when an instance is ready')
    .addOption(
      new Option('--rollback <when>', 'for this release alone, with a reason: what a breach does').choices([
        'auto',
        'ask',
        'forbidden',
      ]),
    )
    .option('--reason <text>', 'why, for the log')
    .option('--dry-run', 'in a cluster: print every object and field that the release would write, and write nothing')
    .addHelpText('after', example + inCluster)
    .action(runWith(start));
};

const start = async (
  context: Context,
  policy: string,
  ...[words, options]: [readonly string[], StartOptions]
): Promise<ExitCode> => {
  if (options.dryRun === true) return dryRun(context, policy, options);
  const spec = specOf(words, options);
  if (!spec.ok) return context.fail(spec.error);
  const { reason = '', rollback } = options;
  const named = options.revision === undefined ? await askedFor(context, policy) : ok(options.revision);
  if (!named.ok) return context.fail(named.error);
  const revision = named.value;
  const own = rollback === undefined ? {} : { rollback };
  const started = await context.api.start({ policy, revision, spec: spec.value, who: personHere(), reason, ...own });
  if (!started.ok) return context.fail(started.error.message);
  const view = started.value;
  emit(context, { value: view, names: [view.id], lines: () => lines(view) });
  if (context.format === 'table') context.remark(`watch it with: sluice watch ${view.id}`);
  return exitCodes.ok;
};

/** Where a Deployment says what comes next. */
const askedFor = async (context: Context, policy: string): Promise<Result<string, string>> => {
  const found = await context.api.policies({ name: policy });
  if (!found.ok) return failed(found.error.message);
  const [known] = found.value;
  if (known === undefined) return failed(`there is no policy "${policy}": sluice list`);
  if (known.asked === null) return failed('start needs --revision NAME: the name of the new revision');
  return known.asked.kind === 'known'
    ? ok(known.asked.revision)
    : failed(`it can't be told what ${policy} is asked for: ${known.asked.why}`);
};

const specOf = (words: readonly string[], options: StartOptions): Result<object, string> => {
  const line = options.command === undefined ? ok(words) : splitWords(options.command);
  if (!line.ok) return line;
  const forms = [options.command !== undefined, words.length > 0, options.endpoint !== undefined].filter(
    Boolean,
  ).length;
  if (forms > 1) return failed('start needs one of --command LINE, -- COMMAND WORDS, or --endpoint URL');
  const { artefact, health, replicas, cwd, env } = options;
  if (forms === 0)
    return ok({ ...(artefact === undefined ? {} : { artefact }), ...(env === undefined ? {} : { env }) });
  const common = health === undefined ? {} : { health };
  if (options.endpoint !== undefined) return ok({ endpoints: options.endpoint, ...common });
  return ok({
    command: line.value,
    ...common,
    ...(env === undefined ? {} : { env }),
    ...(cwd === undefined ? {} : { cwd: resolve(cwd) }),
    ...(replicas === undefined ? {} : { replicas }),
  });
};

const lines = (view: ReleaseView): readonly string[] => [
  `started ${view.id}: ${view.policy} ${view.stableRevision ?? '(nothing)'} -> ${view.revision}, ${planWords(view)}`,
  view.falseAlarm.sentence,
  ...view.outlook,
  ...view.notes.map(({ reason, message }) => `${reason}: ${message}`),
  ...wanted(view),
  ...view.unjudgeable.map(
    ({ rule, step }) =>
      `too little traffic to judge ${rule} at ${view.steps[step]?.weight ?? '?'} %: checks decide there`,
  ),
];

/** What it will wait for on its way, by kind. */
const wanted = ({ checklist }: ReleaseView): readonly string[] =>
  (['gate', 'approval', 'check'] as const).flatMap((kind) => {
    const names = checklist.filter((item) => item.kind === kind).map(({ name }) => name);
    return names.length === 0 ? [] : [`wants ${kind === 'check' ? 'its checks' : `${kind}s`}: ${names.join(', ')}`];
  });

const planWords = ({ steps }: ReleaseView): string => steps.map(({ weight }) => `${weight} %`).join(', ');

const collected = (value: string, before: readonly string[] = []): readonly string[] => [...before, value];

const variable = (text: string, before: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> => {
  const [name = '', ...value] = text.split('=');
  if (name === '' || value.length === 0) throw new InvalidArgumentError('Write NAME=VALUE.');
  return { ...before, [name]: value.join('=') };
};

const positive = (text: string): number => {
  if (!/^[1-9][0-9]{0,3}$/.test(text)) throw new InvalidArgumentError('Write a whole number from 1 on.');
  return Number(text);
};
