/** The options of `sluice rules backtest`. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseDuration } from '../../lib/duration.ts';
import { type ResourcePreset, resourcePresets } from '../../rules/presets.ts';
import { type RequestPreset, requestPresets } from '../../rules/request-metrics.ts';
import { labelNamePattern } from '../../rules/selector.ts';
import { moment } from './when.ts';

export interface BacktestWords {
  readonly rules: string;
  readonly against?: string;
  readonly from: number;
  readonly to: number;
  readonly prometheus?: string;
  readonly select: Readonly<Record<string, readonly string[]>>;
  readonly versionLabel?: string;
  readonly annotation?: string;
  readonly preset: RequestPreset;
  readonly resources: ResourcePreset;
  readonly dispersion?: number;
  readonly html?: string;
  readonly chunk: number;
  readonly within: number;
  readonly failOn: readonly ('missed' | 'false')[];
}

const help = `
Past releases are found by a version label on the service's requests, by a
series that marks deployments (--annotation), and by what Sluice itself
exported; which told of which is said. Each is judged anew, look by look, as the
controller would have; quiet time is cut into virtual releases of the service
against itself.

Exit code: 0; 1 if --fail-on found something; 3 wrong usage, or nothing could be
read; 130 after Ctrl-C.

Examples:
  $ sluice rules backtest --rules rules/production.yaml --from 30d \\
      --prometheus http://prometheus:9090 --select job=app
  $ sluice rules backtest --rules policy.yaml --html backtest.html \\
      --from 2026-10-01 --to 2026-11-01
  $ sluice rules backtest --rules new.yaml --against old.yaml --from 14d \\
      --prometheus http://prometheus:9090 --fail-on missed,false`;

/** An option whose text is read by `read`. */
const readBy = <T>(flags: string, text: string, read: (value: string, before: T) => T): Option =>
  new Option(flags, text).argParser(read);

export const addBacktestOptions = (command: Command, nowMs: number): Command => {
  for (const option of [...historyOptions(nowMs), ...ruleOptions, ...limitOptions]) command.addOption(option);
  return command.addHelpText('after', help);
};

const historyOptions = (nowMs: number): readonly Option[] => {
  const at = moment(nowMs);
  return [
    readBy('--from <when>', 'begin of the history: 30d, 12h, or a date', at).makeOptionMandatory(),
    readBy('--to <when>', 'its end', at).default(nowMs, 'now'),
    new Option('--prometheus <url>', "the server that has it (default: the policy's source)"),
    readBy('--select <label=value>', 'which series are the service, repeatable', matcher).default({}, 'all'),
    readBy('--version-label <name>', 'label with the version (default: what the policy says, else version)', labelName),
    new Option('--annotation <promql>', 'a series that begins or changes where something was deployed'),
  ];
};

const ruleOptions: readonly Option[] = [
  new Option('--rules <file>', 'the rules that are tried: a rule file, or a policy').makeOptionMandatory(),
  new Option('--against <file>', 'what they are compared with (default: what Sluice recorded, else the shipped rules)'),
  new Option('--preset <name>', "whose counters a rule file's names mean").choices(requestPresets).default('app'),
  new Option('--resources <name>', 'whose CPU, memory and disk').choices(resourcePresets).default('host'),
  readBy(
    '--dispersion <number>',
    'how bursty errors are (default: what the policy says, else learned from the history, else 3)',
    (text) => dispersion(text),
  ),
];

const limitOptions: readonly Option[] = [
  new Option('--html <file>', 'write a page with plots, too'),
  readBy('--chunk <duration>', 'the longest history asked for at once', (text) => duration(text)).default(
    604_800_000,
    '168h',
  ),
  readBy('--within <duration>', 'stop after so long, and say what was done', (text) => duration(text)).default(
    600_000,
    '10m',
  ),
  readBy('--fail-on <marks>', 'exit 1 if there is any: missed, false, or both', (text) => marks(text)).default(
    [],
    'none',
  ),
];

function duration(text: string): number {
  const ms = parseDuration(text);
  if (ms === null || ms < 1_000) throw new InvalidArgumentError('Write a duration from 1s on, such as 10m or 24h.');
  return ms;
}

function dispersion(text: string): number {
  const phi = Number(text);
  if (!(phi >= 1 && phi <= 20)) throw new InvalidArgumentError('Write a number from 1 to 20.');
  return phi;
}

function labelName(text: string): string {
  if (!labelNamePattern.test(text)) throw new InvalidArgumentError('That is no name of a label.');
  return text;
}

function matcher(text: string, before: BacktestWords['select']): BacktestWords['select'] {
  const [, label = '', value = ''] = /^([^=]+)="?([^"]*)"?$/.exec(text) ?? [];
  if (!labelNamePattern.test(label) || value === '')
    throw new InvalidArgumentError('Write LABEL=VALUE, such as job=app.');
  return { ...before, [label]: [...(before[label] ?? []), value] };
}

function marks(text: string): BacktestWords['failOn'] {
  const all = text.split(',');
  const known = all.filter((mark) => mark === 'missed' || mark === 'false');
  if (known.length !== all.length) throw new InvalidArgumentError('Allowed are missed, false, or missed,false.');
  return known;
}
