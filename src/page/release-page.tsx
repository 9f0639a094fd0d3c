/** One release: where it stands, why, what happens next, and what can be done about it. */
import { useMemo } from 'preact/hooks';
import { AfterPromotionCards } from './after-promotion.tsx';
import { Announcer } from './announcer.tsx';
import { spanOf } from './chart-data.ts';
import { Checklist } from './checklist.tsx';
import { Cursor } from './cursor.ts';
import { Orders } from './orders.tsx';
import { ReleaseHead } from './release-head.tsx';
import { Report } from './report.tsx';
import { RollbackCard } from './rollback-card.tsx';
import { RuleCard } from './rule-card.tsx';
import type { State } from './state.ts';
import { StepBar } from './step-bar.tsx';
import { Tasks } from './tasks.tsx';
import { Timeline } from './timeline.tsx';
import { useNow } from './use-now.ts';
import { WeightChart } from './weight-chart.tsx';
import { WhyCard } from './why-card.tsx';

export const ReleasePage = ({ id, state }: { readonly id: string; readonly state: State }) => {
  const cursor = useMemo(() => new Cursor(), []);
  const view = state.releases?.get(id);
  if (view === undefined)
    return <p class="notice">{state.problem === null ? 'Reading the release ...' : 'There is nothing to show.'}</p>;
  return (
    <article class="release">
      <ReleaseHead view={view} aheadMs={state.aheadMs} />
      {view.rollback === null ? null : <RollbackCard rollback={view.rollback} />}
      <div class="columns">
        <section class="card wide" aria-label="Progress">
          <StepBar view={view} />
        </section>
        <div class="stack">
          <WhyCard view={view} />
          <Checklist view={view} me={state.me} />
        </div>
        <Orders view={view} me={state.me} />
        <Charts state={state} view={view} cursor={cursor} />
        {view.trend === null ? null : <AfterPromotionCards key={view.phase} id={view.id} />}
      </div>
      <Timeline log={state.log} cursor={cursor} />
      <Tasks view={view} />
      <Report key={view.id} view={view} />
      <Announcer log={state.log} />
    </article>
  );
};

type View = NonNullable<ReturnType<NonNullable<State['releases']>['get']>>;

const Charts = ({ cursor, state, view }: { readonly state: State; readonly view: View; readonly cursor: Cursor }) => {
  const nowMs = useNow() + state.aheadMs;
  const { chart } = state;
  const untilMs = view.times.endedAtMs ?? nowMs;
  const span = spanOf(view.times.startedAtMs, untilMs);
  const byRule = new Map(chart?.rules.map((rule) => [rule.rule, rule]));
  return (
    <>
      {chart === null ? null : <WeightChart chart={chart} weight={view.weight} untilMs={untilMs} cursor={cursor} />}
      <h2 class="wide">Rules</h2>
      {view.rules.map((rule) => (
        <RuleCard
          key={rule.name}
          rule={rule}
          ended={view.ended}
          chart={byRule.get(rule.name) ?? null}
          span={span}
          cursor={cursor}
        />
      ))}
    </>
  );
};
