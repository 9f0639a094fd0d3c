/** One earlier release as a row of the history. */
import { tookText, valueText } from '../report/format-value.ts';
import type { PastRelease, PastRule } from '../report/history-view.ts';
import { Badge, type Tone } from './badge.tsx';
import { hashOf } from './route.ts';

const tones: Readonly<Record<PastRelease['result'], Tone>> = {
  running: 'busy',
  succeeded: 'good',
  rolledBack: 'bad',
  failed: 'warn',
};

export const resultWords: Readonly<Record<PastRelease['result'], string>> = {
  running: 'under way',
  succeeded: 'succeeded',
  rolledBack: 'rolled back',
  failed: 'failed',
};

interface PastRowProps {
  readonly past: PastRelease;
  readonly policy: string;
  readonly isChosen: boolean;
}

export const PastRow = ({ isChosen, past, policy }: PastRowProps) => (
  <tr class={isChosen ? 'chosen' : ''}>
    <th scope="row">
      <a href={hashOf({ kind: 'release', id: past.id })}>{past.revision}</a>
      <br />
      <span class="muted small">{new Date(past.startedAtMs).toLocaleString()}</span>
    </th>
    <td>
      <Badge tone={tones[past.result]}>{resultWords[past.result]}</Badge>
      {past.calledFalseAlarm ? ' called a false alarm' : ''}
    </td>
    <td>{tookText(past.durationMs)}</td>
    <td>{past.reachedPercent} %</td>
    <td>{ruleText(past.errorRate)}</td>
    <td>{ruleText(past.slow)}</td>
    <td>{past.heldMs === 0 ? '-' : tookText(past.heldMs)}</td>
    <td class="why">{past.cause ?? ''}</td>
    <td>
      {isChosen ? (
        'compared'
      ) : (
        <a href={hashOf({ kind: 'history', policy, against: past.id })} aria-label={`Compare with ${past.revision}`}>
          compare
        </a>
      )}
    </td>
  </tr>
);

/** The canary's number at the end, with stable's. */
const ruleText = (rule: PastRule | null): string =>
  rule === null ? '-' : `${valueText(rule.canary, rule.unit)} (stable ${valueText(rule.stable, rule.unit)})`;
