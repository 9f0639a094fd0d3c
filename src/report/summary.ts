/** The deployment report of one release, as Markdown: what was delivered, when, how far, and what took it back. */
import type { LogEntry } from '../release/log.ts';
import { calledText } from './called-text.ts';
import { countText, eventsText, tookText, valueText } from './format-value.ts';
import { nextMoveText } from './next-move.ts';
import type { ReleaseView } from './release-view.ts';
import type { RollbackView } from './rollback-view.ts';
import { type StepHistory, stepHistory } from './step-history.ts';

export const summary = (view: ReleaseView, log: readonly LogEntry[]): string =>
  [
    `# ${text(view.policy)} ${text(view.revision)}: ${statusWords(view)}`,
    facts(view),
    stepsTable(view, stepHistory(view, log)),
    rulesTable(view),
    noted(view),
    checklist(view),
    view.rollback === null ? '' : rollbackList(view.rollback),
    decisions(log),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');

const statusWords = (view: ReleaseView): string => {
  if (view.result === 'running') return `under way (${view.phase})`;
  return view.result === 'rolledBack' ? 'rolled back' : view.result;
};

const facts = (view: ReleaseView): string => {
  const { startedAtMs, startedBy, endedAtMs, nowMs } = view.times;
  const rows = [
    ['Release', `${text(view.id)}, started by ${text(startedBy)}`],
    ['Revision', `${text(view.stableRevision ?? 'nothing')} -> ${text(view.revision)}`],
    ['Start', utc(startedAtMs)],
    ['End', endedAtMs === null ? `not yet; next: ${text(nextMoveText(view.next))}` : utc(endedAtMs)],
    ['Duration', tookText((endedAtMs ?? nowMs) - startedAtMs)],
    ['Status', statusWords(view)],
    ['Rules', `${text(view.ruleSet.file)} (${view.ruleSet.hash}); ${view.falseAlarm.sentence}`],
    ['Blind', view.sight.totalBlindMs > 0 ? tookText(view.sight.totalBlindMs) : 'never'],
  ];
  if (view.compression !== 1) rows.push(['Time', `every duration of plan and rules divided by ${view.compression}`]);
  if (view.falseAlarm.called !== null) rows.push(['False alarm', text(calledText(view.falseAlarm.called))]);
  if (view.cause !== null) rows.push(['Cause', text(view.cause.message)]);
  return rows.map(([name, value]) => `- **${name}**: ${value}`).join('\n');
};

const stepsTable = (view: ReleaseView, history: readonly StepHistory[]): string => {
  const rows = history.map((step, index) => {
    const observed =
      step.observedPercent === null
        ? 'not counted'
        : `${valueText(step.observedPercent / 100, 'ratio')} of ${countText(step.requests ?? 0)} requests`;
    const bake = tookText(view.steps[index]?.bakeMs ?? 0);
    return `| ${step.weight} % | ${step.reachedAtMs === null ? 'never' : utc(step.reachedAtMs)} | ${observed} | ${bake} |`;
  });
  return ['## Steps', '', '| weight | reached | observed | bake |', '|---|---|---|---|', ...rows].join('\n');
};

const rulesTable = (view: ReleaseView): string => {
  const rows = view.rules.map((rule) => {
    const [canary, stable] = [valueText(rule.canary, rule.unit), valueText(rule.stable, rule.unit)];
    const cells = [rule.name, rule.alert, canary, stable, rule.limitWords, eventsText(rule)];
    return `| ${cells.map(text).join(' | ')} | ${rule.verdict ?? 'not seen'} |`;
  });
  const head = ['## Rules at the end', '', '| rule | alert | canary | stable | limit | events | verdict |'];
  return [...head, '|---|---|---|---|---|---|---|', ...rows].join('\n');
};

const noted = ({ notes }: ReleaseView): string =>
  notes.length === 0
    ? ''
    : ['## Noticed at the start', '', ...notes.map(({ reason, message }) => `- ${reason}: ${text(message)}`)].join(
        '\n',
      );

const checklist = ({ checklist: items }: ReleaseView): string => {
  if (items.length === 0) return '';
  const rows = items.map(
    ({ atMs, evidence, kind, name, state }) =>
      `| ${text(`${kind} ${name}`)} | ${state} | ${text(evidence)} | ${atMs === null ? '' : utc(atMs)} |`,
  );
  return ['## Checklist', '', '| what | state | evidence | when |', '|---|---|---|---|', ...rows].join('\n');
};

const rollbackList = (rollback: RollbackView): string => {
  const { rule, at, unit, value, limitWords } = rollback;
  const items = [`- **Reason**: ${text(rollback.message)} (${rollback.reason})`];
  if (rule !== null) items.push(`- **Rule**: ${text(rule)}, ${text(at ?? '')}`);
  if (unit !== null && limitWords !== null)
    items.push(`- **Value**: ${valueText(value, unit)} against ${text(limitWords)}`);
  if (rollback.firstBreachAtMs !== null) items.push(`- **First breach**: ${utc(rollback.firstBreachAtMs)}`);
  items.push(`- **Decision**: ${utc(rollback.decidedAtMs)}`);
  const zero = rollback.zeroAtMs === null ? 'not confirmed' : utc(rollback.zeroAtMs);
  items.push(
    `- **Weight 0**: ${zero}${rollback.toZeroMs === null ? '' : `, ${tookText(rollback.toZeroMs)} after the decision`}`,
  );
  items.push(`- **Last request ended**: ${emptyWords(rollback)}`);
  if (rollback.promise !== null) items.push(`- **How sure**: ${text(rollback.promise)}`);
  items.push(`- **Requests failed**: ${rollback.requestsFailed ?? 'not counted'}`);
  return ['## Rollback', '', ...items].join('\n');
};

const emptyWords = ({ emptyAtMs, zeroAtMs }: RollbackView): string => {
  if (emptyAtMs === null || zeroAtMs === null) return 'not confirmed';
  return `${utc(emptyAtMs)}, ${tookText(Math.max(0, emptyAtMs - zeroAtMs))} after weight 0`;
};

const decisions = (log: readonly LogEntry[]): string => {
  const rows = log
    .filter(({ kind }) => kind === 'decision' || kind === 'action')
    .map(({ atMs, reason, message }) => `- ${utc(atMs)} ${reason}: ${text(message)}`);
  return rows.length === 0 ? '' : ['## Decisions', '', ...rows].join('\n');
};

const utc = (atMs: number): string => `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')}Z`;

/** Names and messages come from files and requests: nothing in them is Markdown or HTML. */
const text = (raw: string): string => raw.replaceAll(/\s+/g, ' ').replaceAll(/[\\`*[\]<>|]/g, (sign) => `\\${sign}`);
