/** What `sluice rules plan` says of a policy's rules at the traffic that there is. */
import { timeOfDay } from '../report/format-value.ts';
import type { PlanForecast, RulePlan } from '../report/policy-rules-view.ts';
import { Table } from './table.tsx';

interface ForecastProps {
  readonly plan: PlanForecast | null;
  /** Why there is none. */
  readonly problem: string | null;
}

export const Forecast = ({ plan, problem }: ForecastProps) => (
  <section class="card" aria-labelledby="forecast-title">
    <h2 id="forecast-title">What they can tell</h2>
    {plan === null ? (
      <p>There is no forecast: {problem ?? 'nothing is known of the traffic'}.</p>
    ) : (
      <>
        <p class="muted">
          {plan.trafficFrom === 'now' ? 'At the traffic of' : 'At the traffic that the last release had, as of'}{' '}
          {timeOfDay(plan.atMs)}
        </p>
        {plan.rules.map((rule) => (
          <RuleForecast key={rule.rule} rule={rule} />
        ))}
        {plan.remarks.map((remark) => (
          <p key={remark}>{remark}</p>
        ))}
      </>
    )}
  </section>
);

const heads = ['step', 'requests', 'healthy passes', 'convicts at 2x', '5x', '10x', 'smallest seen', 'judged'];

const RuleForecast = ({ rule }: { readonly rule: RulePlan }) =>
  rule.kind === 'unplanned' ? (
    <p>
      <b>{rule.rule}</b>: {rule.why}
    </p>
  ) : (
    <>
      <h3>{rule.head}</h3>
      <Table label={`Forecast for ${rule.rule}`} heads={heads}>
        {rule.steps.map(({ convicts, healthyPasses, judged, requests, smallest, step }) => (
          <tr key={step}>
            <th scope="row" class="whole">
              {step}
            </th>
            {[requests, healthyPasses, ...convicts, smallest, judged].map((cell, at) => (
              <td key={at}>{cell}</td>
            ))}
          </tr>
        ))}
      </Table>
      <ul class="plain">
        {rule.remarks.map((remark) => (
          <li key={remark}>{remark}</li>
        ))}
      </ul>
    </>
  );
