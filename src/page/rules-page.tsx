/** The rules that the next release is judged by, whether their file is good, and what they can tell at the traffic there is. */
import { tookText } from '../report/format-value.ts';
import type { PolicyRules, RuleWords } from '../report/policy-rules-view.ts';
import { Answered } from './answered.tsx';
import { Forecast } from './forecast.tsx';
import { hashOf } from './route.ts';
import { Table } from './table.tsx';
import { useAnswer } from './use-answer.ts';

export const RulesPage = ({ policy }: { readonly policy: string }) => {
  const answer = useAnswer<PolicyRules>(`policies/${encodeURIComponent(policy)}/rules`);
  return (
    <>
      <h1>Rules of {policy}</h1>
      <p>
        <a href={hashOf({ kind: 'history', policy, against: null })}>Its history</a>
      </p>
      <Answered answer={answer}>{(rules) => <Rules rules={rules} />}</Answered>
    </>
  );
};

const Rules = ({ rules }: { readonly rules: PolicyRules }) => (
  <>
    <p>
      {rules.file}
      {rules.hash === null ? '' : `, set ${rules.hash}`}
    </p>
    {rules.problem === null ? null : (
      <p class="notice trouble">No new release starts before this is mended: {rules.problem}</p>
    )}
    <section class="card" aria-labelledby="rules-title">
      <h2 id="rules-title">What healthy means</h2>
      <Table label="Table of rules" heads={['rule', 'alert', 'limit', 'window', 'compared with', 'needs', 'where']}>
        {rules.rules.map((rule) => (
          <Row key={rule.name} rule={rule} />
        ))}
      </Table>
    </section>
    <Forecast plan={rules.plan} problem={rules.planProblem} />
  </>
);

const comparisons: Readonly<Record<RuleWords['compare'], string>> = {
  both: 'its limit and stable',
  absolute: 'its limit',
  stable: 'stable',
};

const Row = ({ rule }: { readonly rule: RuleWords }) => (
  <tr>
    <th scope="row">
      {rule.name}
      {rule.description === '' ? null : (
        <>
          <br />
          <span class="muted small">{rule.description}</span>
        </>
      )}
    </th>
    <td>
      {rule.alert}
      {rule.advisory ? ', moves nothing' : ''}
    </td>
    <td>{rule.threshold}</td>
    <td>{tookText(rule.windowMs)}</td>
    <td>{comparisons[rule.compare]}</td>
    <td>{rule.minEvents === 0 ? '-' : `${rule.minEvents.toLocaleString('en-US')} events`}</td>
    <td class="muted small">{rule.at}</td>
  </tr>
);
