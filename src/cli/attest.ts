/** `sluice attest NAME RESULT --pass`: post a result of CI for a revision, before or while it is released. */
import { type Command, InvalidArgumentError } from 'commander';
import { failed, ok, type Result } from '../lib/result.ts';
import { valuesText } from '../release/attest.ts';
import { type Context, personHere, runWith } from './context.ts';
import { emit } from './emit.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

interface AttestOptions {
  readonly pass?: true;
  readonly fail?: true;
  readonly digest?: readonly string[];
  readonly value?: Readonly<Record<string, number>>;
  readonly revision?: string;
  readonly reason?: string;
}

const help = `
The newest result of a name and revision counts. What it must say stands under
gates in the policy.

Examples:
  $ sluice attest app tests --revision v1.9.0 --pass --value coverage=83.1
  $ sluice attest app image --revision v1.9.0 --pass --digest sha256:4f0c...
  $ sluice attest app audit --fail --value high=2 --reason 'CVE-2026-1234'`;

export const registerAttest = (program: Command): void => {
  program
    .command('attest')
    .description('post a result (tests, coverage, audit) for a revision: a gate before its first traffic may want it')
    .argument('<name>', 'policy; without --revision also a release: id or beginning of an id')
    .argument('<result>', 'name of the result, as in the policy')
    .option('--pass', 'it passed')
    .option('--fail', 'it failed')
    .option('--value <name=number>', 'a number that was measured; may be given again', measured)
    .option('--digest <sha256:...>', 'digest of an image that it is about; may be given again', another)
    .option('--revision <name>', 'revision that it is about; default: that of the release')
    .option('--reason <text>', 'what to know about it, a link')
    .addHelpText('after', help)
    .action(runWith(attest));
};

const attest = async (
  context: Context,
  name: string,
  ...[result, options]: [string, AttestOptions]
): Promise<ExitCode> => {
  const { digest, pass, fail, reason = '', value = {} } = options;
  if ((pass ?? false) === (fail ?? false)) return context.fail('attest needs one of --pass and --fail');
  const about = await aboutOf(context, name, options.revision);
  if (!about.ok) return context.fail(about.error);
  const { policy, revision } = about.value;
  const outcome = pass ? 'pass' : 'fail';
  const said = { name: result, revision, outcome, values: value, who: personHere(), reason };
  const body = digest === undefined ? said : { ...said, digests: digest };
  const posted = await context.api.attest(policy, body);
  if (!posted.ok) return context.fail(posted.error.message);
  const numbers = valuesText(posted.value);
  const line = `attested ${outcome} for ${result} of ${policy} ${revision}${numbers === '' ? '' : `: ${numbers}`}`;
  emit(context, { value: posted.value, names: [result], lines: () => [line] });
  return exitCodes.ok;
};

interface About {
  readonly policy: string;
  readonly revision: string;
}

const aboutOf = async (
  context: Context,
  name: string,
  revision: string | undefined,
): Promise<Result<About, string>> => {
  if (revision !== undefined) return ok({ policy: name, revision });
  const found = await context.api.release(name);
  return found.ok
    ? ok(found.value)
    : failed(`${found.error.message}; before its release starts, name it with --revision`);
};

const another = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

function measured(text: string, before: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
  const [, name, number] = /^([^=]+)=(-?[0-9]+(?:\.[0-9]+)?)%?$/.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('Write NAME=NUMBER, such as coverage=83.1.');
  return { ...before, [name]: Number(number) };
}
