/** Whether rules fit a policy with data planes of its own: all that any policy asks, and what the built-in proxy does. */
import { type FileError, fileError } from '../lib/config-file/file-error.ts';
import type { RuleSet } from '../rules/rule.ts';
import type { Sli } from '../rules/sli.ts';
import type { Policy } from './policy.ts';
import { fitErrors } from './policy-fit.ts';

/** Calls of gRPC, by those who serve them and by the proxy itself. */
const ofCalls = /^(?:grpc_server|sluice_proxy_grpc)_/;

function metricOf(sli: Sli): string | null {
  if (sli.kind === 'ratio' || sli.kind === 'volume') return sli.total.metric;
  return sli.kind === 'latency' ? sli.histogram.metric : null;
}

/** What is wrong with these rules under this policy, at the rules' own lines. */
export const ruleMisfits = (policy: Policy, set: RuleSet): readonly FileError[] => [
  ...fitErrors(policy, set),
  ...proxyMisfits(policy, set),
];

/** Rules that count calls which the proxy refuses would wait for them for ever. */
function proxyMisfits({ name, traffic }: Pick<Policy, 'name' | 'traffic'>, set: RuleSet): readonly FileError[] {
  if (traffic.kind !== 'proxy' || (traffic.settings.grpc ?? 'off') !== 'off') return [];
  return set.rules
    .filter(({ sli }) => ofCalls.test(metricOf(sli) ?? ''))
    .map((rule) =>
      fileError(
        rule.at.file,
        { line: rule.at.line, col: 1 },
        `${rule.name} judges calls of gRPC, and the proxy of policy ${name} refuses them; write traffic: { proxy: { grpc: pass } }, or grpc: only where nothing else is served`,
      ),
    );
}
