/** One release beside the last one before it that stayed: what each of its rules showed. */
import { responseTimeCell } from '../report/between-text.ts';
import { tookText, valueText } from '../report/format-value.ts';
import type { PastRelease, PastRule } from '../report/history-view.ts';
import { Badge } from './badge.tsx';
import { resultWords } from './past-row.tsx';
import { Table } from './table.tsx';
import { verdictTone } from './tones.ts';

interface ComparisonProps {
  readonly chosen: PastRelease;
  /** Newest first. */
  readonly releases: readonly PastRelease[];
}

export const Comparison = ({ chosen, releases }: ComparisonProps) => {
  const other = goodBefore(chosen, releases);
  const others = other === undefined ? [] : [`${other.revision}, the last before it that stayed`];
  return (
    <section class="card" aria-labelledby="compare-title">
      <h2 id="compare-title">
        {chosen.revision} {other === undefined ? '' : `beside ${other.revision}`}
      </h2>
      {other === undefined ? <p>No release before it stayed: there is nothing to compare with.</p> : null}
      <Table label="Comparison of rules" heads={['what', chosen.revision, ...others]}>
        {factRows(chosen, other).map(([name, ...cells]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            {cells.map((cell, at) => (
              <td key={at}>{cell}</td>
            ))}
          </tr>
        ))}
        {chosen.rules.map((rule) => (
          <RuleRow key={rule.name} rule={rule} other={other} />
        ))}
      </Table>
    </section>
  );
};

const goodBefore = (chosen: PastRelease, releases: readonly PastRelease[]): PastRelease | undefined =>
  releases.slice(releases.indexOf(chosen) + 1).find(({ result }) => result === 'succeeded');

const factRows = (chosen: PastRelease, other: PastRelease | undefined): readonly (readonly [string, ...string[]])[] => {
  const both = other === undefined ? [chosen] : [chosen, other];
  return [
    ['result', ...both.map(({ result }) => resultWords[result])],
    ['took', ...both.map(({ durationMs }) => tookText(durationMs))],
    ['highest weight', ...both.map(({ reachedPercent }) => `${reachedPercent} %`)],
    ['requests failed', ...both.map(({ requestsFailed }) => requestsFailed?.toLocaleString('en-US') ?? 'not counted')],
    ['response time', ...both.map(({ responseTime }) => responseTimeCell(responseTime))],
    ['without metrics', ...both.map(({ blindMs }) => (blindMs === 0 ? 'never' : tookText(blindMs)))],
  ];
};

const RuleRow = ({ other, rule }: { readonly rule: PastRule; readonly other: PastRelease | undefined }) => (
  <tr>
    <th scope="row">
      {rule.name} <span class="muted">limit {rule.limitWords}</span>
    </th>
    <RuleCell rule={rule} />
    {other === undefined ? null : <RuleCell rule={other.rules.find(({ name }) => name === rule.name)} />}
  </tr>
);

const RuleCell = ({ rule }: { readonly rule: PastRule | undefined }) => (
  <td>
    {rule === undefined ? (
      'had no such rule'
    ) : (
      <>
        {valueText(rule.canary, rule.unit)} <Badge tone={verdictTone(rule)}>{rule.verdict ?? 'not seen'}</Badge>
      </>
    )}
  </td>
);
