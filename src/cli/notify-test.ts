/** `sluice notify test FILE [TARGET]`: sends each target a message that says that it is a test. */
import type { Command } from 'commander';
import { systemClock } from '../lib/clock.ts';
import { formatFileError } from '../lib/config-file/file-error.ts';
import { readConfigFile } from '../lib/config-file/read-file.ts';
import { didYouMean } from '../lib/nearest.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { Notice } from '../notify/message.ts';
import type { Sent } from '../notify/sender.ts';
import { testNotice } from '../notify/test-notice.ts';
import { worded } from '../notify/wording.ts';
import type { Contacts } from '../release/contacts.ts';
import type { NotifyTarget } from '../release/notify-target.ts';
import { parseClusterSettings } from '../release/policy-cluster-settings.ts';
import { targetFrom } from '../release/policy-notify.ts';
import { senderOf } from '../wiring/notices.ts';
import { type Context, runWith } from './context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { notifyCommand } from './notify-command.ts';
import { readPolicies } from './read-policies.ts';

interface TestOptions {
  readonly dryRun?: true;
  readonly settings?: true;
}

interface Audience {
  readonly policy: string;
  readonly contacts: Contacts;
  readonly notify: readonly NotifyTarget[];
}

const example = `
Examples:
  $ sluice notify test policy.yaml            # every target of the policy
  $ sluice notify test policy.yaml team       # one of them
  $ sluice notify test policy.yaml --dry-run  # prints what would be sent
  $ sluice notify test --settings settings.yaml   # of a cluster

Nothing is released. A target that hears only pages is paged, and told at once
that it is over. Exit codes: 0 all took it, 1 one did not, 3 usage or I/O.`;

export const registerNotifyTest = (program: Command): void => {
  notifyCommand(program)
    .command('test')
    .description('send a marked test message to each target of notifications')
    .argument('<file>', "a policy's file, or with --settings the operator's settings")
    .argument('[target]', 'name of one target; without it: all')
    .option('--settings', "the file is the operator's settings")
    .option('--dry-run', 'print what would be sent, secrets masked, and send nothing')
    .addHelpText('after', example)
    .action(runWith(test));
};

const test = async (
  context: Context,
  file: string,
  ...[only, options]: readonly [string | undefined, TestOptions]
): Promise<ExitCode> => {
  const audience = options.settings === true ? await settingsAudience(file) : await policyAudience(file);
  if (!audience.ok) return context.fail(audience.error);
  const { notify } = audience.value;
  const names = notify.map(({ name }) => name);
  if (names.length === 0) return context.fail(`${file} names no target of notifications`);
  const targets = notify.filter(({ name }) => only === undefined || name === only);
  if (targets.length === 0) {
    const hint = didYouMean(only ?? '', names);
    return context.fail(`${file} has no target ${only ?? ''}; there is ${names.join(', ')}${hint}`);
  }
  if (options.dryRun === true) {
    for (const target of targets) context.print(previewOf(target, audience.value));
    return exitCodes.ok;
  }
  const lines = await Promise.all(targets.map((target) => tried(target, audience.value)));
  for (const { line } of lines) context.print(line);
  return lines.every(({ outcome }) => outcome === 'sent') ? exitCodes.ok : exitCodes.notReady;
};

async function policyAudience(file: string): Promise<Result<Audience, string>> {
  const policies = await readPolicies([file]);
  const policy = policies.ok ? policies.value[0] : undefined;
  if (!policies.ok) return policies;
  return policy === undefined ? failed(`${file} holds no policy`) : ok({ ...policy, policy: policy.name });
}

async function settingsAudience(file: string): Promise<Result<Audience, string>> {
  const bytes = await readConfigFile(file);
  if (!bytes.ok) return failed(formatFileError(bytes.error));
  const settings = await parseClusterSettings(bytes.value, file);
  if (!settings.ok) return failed(settings.error.map(formatFileError).join('\n'));
  const notify = Object.entries(settings.value.notify ?? {}).map(([name, words]) => targetFrom(name, words, '/'));
  return ok({ policy: 'test', contacts: { primary: [], secondary: [], vendors: [] }, notify });
}

/** What hears nothing but pages is paged, and told at once that it is over. */
const noticesFor = ({ hears, template }: NotifyTarget, audience: Audience): readonly Notice[] => {
  const atMs = systemClock.wallMs();
  const urgencies = hears === 'all' ? (['tell'] as const) : (['page', 'resolve'] as const);
  return urgencies.map((urgency) => worded(testNotice({ ...audience, urgency, atMs }), template));
};

const previewOf = (target: NotifyTarget, audience: Audience): string => {
  const [notice] = noticesFor(target, audience);
  const sender = senderOf(target, systemClock);
  return `# ${target.name}\n${notice === undefined ? '' : sender.preview(notice)}\n`;
};

interface Tried {
  readonly outcome: Sent['outcome'];
  readonly line: string;
}

async function tried(target: NotifyTarget, audience: Audience): Promise<Tried> {
  const sender = senderOf(target, systemClock);
  const signal = AbortSignal.timeout(60_000);
  const startedMs = systemClock.monotonicMs();
  let sent: Sent = { outcome: 'sent', kept: null, done: 0 };
  for (const notice of noticesFor(target, audience)) {
    sent = await sender.send({ notice, kept: sent.kept, done: 0, isLatest: true, signal });
    if (sent.outcome !== 'sent') break;
  }
  const name = `${target.name} (${target.service.kind})`;
  const tookMs = Math.round(systemClock.monotonicMs() - startedMs);
  return {
    outcome: sent.outcome,
    line: 'why' in sent ? `${name}: failed: ${sent.why}` : `${name}: sent in ${tookMs} ms`,
  };
}
