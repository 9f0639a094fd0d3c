/** Asking a Prometheus about rules: the options for it, the source they name, and the labels of both versions. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { formatDuration, parseDuration } from '../lib/duration.ts';
import { instanceName } from '../lib/instance-name.ts';
import { failed, ok, type Result } from '../lib/result.ts';
import type { HistorySource } from '../metrics/history.ts';
import type { MetricSource } from '../metrics/metric-source.ts';
import { type PrometheusOptions, prometheusSource } from '../metrics/prometheus.ts';
import { prometheusHistory } from '../metrics/prometheus-history.ts';
import { alertRuleNames } from '../metrics/prometheus-rules.ts';
import type { ArmMatch, Arms } from '../metrics/series.ts';
import type { Policy } from '../release/policy.ts';
import { fixedArmLabels, type OwnLabels } from '../rules/arm-labels.ts';
import { labelNamePattern } from '../rules/selector.ts';

export interface OnlineOptions {
  readonly prometheus?: string;
  readonly online?: true;
  readonly caFile?: string;
  readonly canary?: ArmMatch;
  readonly stable?: ArmMatch;
  readonly timeout: number;
}

const requestTimeoutMs = 10_000;

export const labelValue = (text: string, before: ArmMatch = {}): ArmMatch => {
  const [label = '', ...rest] = text.split('=');
  const value = rest.join('=');
  if (!labelNamePattern.test(label) || value === '') throw new InvalidArgumentError('Write LABEL=VALUE.');
  return { ...before, [label]: [...(before[label] ?? []), value] };
};

export const durationOption = (text: string): number => {
  const ms = parseDuration(text);
  if (ms === null || ms <= 0) throw new InvalidArgumentError('Write a duration such as 15s or 1m.');
  return ms;
};

export const webAddress = (text: string): string => {
  if (!/^https?:\/\//.test(text) || !URL.canParse(text))
    throw new InvalidArgumentError('Write an http or https address.');
  return text;
};

export const withOnlineOptions = (command: Command): Command =>
  command
    .option('--prometheus <url>', 'ask this server, too', webAddress)
    .option('--online', "ask the policy's own source, too")
    .option('--ca-file <file>', 'certificate authority to trust, PEM')
    .option('--canary <label=value>', "the canary's label; may be given again", labelValue)
    .option('--stable <label=value>', "stable's label; may be given again", labelValue)
    .addOption(
      new Option('--timeout <duration>', 'deadline for asking').argParser(durationOption).default(30_000, '30s'),
    );

/** The token that is meant for the metric source: the environment's is for the controller. */
export const promisedToken = (command: Command): string | null => {
  const given = command.optsWithGlobals<{ readonly tokenFile?: string }>().tokenFile ?? null;
  return command.getOptionValueSourceWithGlobals('tokenFile') === 'cli' ? given : null;
};

export interface Asking {
  readonly policy: Policy | null;
  readonly options: OnlineOptions;
  /** File with a bearer token, as the command line names it; null: none. */
  readonly tokenFile: string | null;
}

/** A server's word about now, and about the past. */
export interface OnlineSource {
  readonly source: MetricSource;
  readonly history: HistorySource;
  /** Of all alert rules; null: the server does not tell, or the policy's alerts come from elsewhere. */
  readonly alertNames: () => Promise<Result<readonly string[] | null, string>>;
}

export const serverOf = (options: PrometheusOptions, policy: Pick<Policy, 'metrics'> | null): OnlineSource => ({
  source: prometheusSource(options),
  history: prometheusHistory(options),
  alertNames: async () => {
    const { alerts = null, source } = policy?.metrics ?? { source: null };
    if (alerts !== null && alerts !== source) return ok(null);
    const names = await alertRuleNames(options);
    return names.ok ? names : failed(names.error.message);
  },
});

/** null: nobody is to be asked. */
export const onlineSource = ({ policy, options, tokenFile }: Asking): Result<OnlineSource | null, string> => {
  const { prometheus, online, caFile, timeout } = options;
  const timeoutMs = Math.min(requestTimeoutMs, timeout);
  if (prometheus !== undefined) {
    const credentials = { tokenFile, caFile: caFile ?? null };
    return ok(serverOf({ name: prometheus, url: prometheus, intervalMs: 5_000, timeoutMs, ...credentials }, policy));
  }
  if (online === undefined) return ok(null);
  if (policy === null) return failed('--online asks the source of a policy; for a rule file write --prometheus URL');
  const name = policy.metrics.source;
  const spec = policy.sources[name];
  if (spec?.kind !== 'prometheus')
    return failed(
      `--online: the source "${name}" scrapes the instances itself and can't be asked; write --prometheus URL`,
    );
  return ok(serverOf({ name, ...spec, timeoutMs }, policy));
};

/** What a policy alone tells of stable's labels; none where they depend on instances that run. */
const fillStable = (labels: OwnLabels['labels'], { target }: Policy): ArmMatch => {
  const instances = target.spec.kind === 'endpoints' ? target.spec.urls.map(instanceName) : [];
  return Object.fromEntries(
    Object.entries(labels).map(([label, template]) => {
      if (typeof template !== 'string') return [label, template.stable];
      const fixed = template.replaceAll('$revision', target.revision).replaceAll('$backend', 'stable');
      return [
        label,
        fixed.includes('$instance') ? instances.map((each) => fixed.replaceAll('$instance', each)) : [fixed],
      ];
    }),
  );
};

/** The labels on the command line, else what the policy tells of stable. */
export const armsHere = ({ policy, options }: Asking): Arms => {
  const { canary = {}, stable } = options;
  const own = fixedArmLabels.map(({ prefix }) => ({ prefix, canary: {}, stable: {} }));
  if (stable !== undefined || policy === null || 'canary' in options) return { canary, stable: stable ?? {}, own };
  const { labels, own: servers } = policy.metrics;
  const ofServers = servers.map((each) => ({
    prefix: each.prefix,
    canary: {},
    stable: fillStable(each.labels, policy),
  }));
  return { canary, stable: fillStable(labels, policy), own: [...own, ...ofServers] };
};

/** Never rejects: late is an error of its own. */
export const withinDeadline = async <T>(
  work: Promise<Result<T, string>>,
  { timeoutMs, doing }: { readonly timeoutMs: number; readonly doing: () => string },
): Promise<Result<T, string>> => {
  const { promise, resolve } = Promise.withResolvers<Result<T, string>>();
  const timer = setTimeout(
    () => resolve(failed(`not done within ${formatDuration(timeoutMs)}, ${doing()}; give more by --timeout`)),
    timeoutMs,
  );
  void work.then(resolve, (error: unknown) => resolve(failed(String(error))));
  const result = await promise;
  clearTimeout(timer);
  return result;
};
