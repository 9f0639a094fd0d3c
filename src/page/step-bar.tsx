/** The plan as a row of steps: which are done, which one runs and how far, which are still to come; and the weight now. */
import { formatDuration } from '../lib/duration.ts';
import { tookText, valueText } from '../report/format-value.ts';
import type { ReleaseView } from '../report/release-view.ts';
import type { StepView } from '../report/step-view.ts';
import { Numbers } from './numbers.tsx';

const stateWords: Readonly<Record<StepView['state'], string>> = {
  done: 'done',
  running: 'running',
  due: 'to come',
  undone: 'not kept',
};

export const StepBar = ({ view }: { readonly view: ReleaseView }) => (
  <>
    <ol class="steps">
      {view.steps.map((step, at) => (
        <li key={at} class={step.state} aria-current={step.state === 'running' ? 'step' : undefined}>
          <b>{step.weight} %</b>{' '}
          <span>
            {step.state === 'running'
              ? `${formatDuration(wholeSeconds(step.bakedMs))} of ${tookText(step.bakeMs)}`
              : `bake ${tookText(step.bakeMs)}`}
          </span>
          <progress
            aria-label={`Bake of ${step.weight} %`}
            max={Math.max(1, step.bakeMs)}
            value={step.state === 'done' ? Math.max(1, step.bakeMs) : step.bakedMs}
          />
          <span class="muted">{stateWords[step.state]}</span>
        </li>
      ))}
    </ol>
    <Numbers rows={numbersOf(view)} />
  </>
);

const wholeSeconds = (ms: number): number => Math.floor(ms / 1_000) * 1_000;

const percentText = (value: number | null): string => (value === null ? 'not known' : valueText(value / 100, 'ratio'));

const numbersOf = ({ instances, weight }: ReleaseView): readonly (readonly [string, string])[] => {
  const of = weight.observedPercent === null ? '' : ` of ${weight.observedRequests.toLocaleString('en-US')} requests`;
  const ready = (arm: 'stable' | 'canary'): string => `${instances?.[arm].ready ?? 0}/${instances?.[arm].wanted ?? 0}`;
  return [
    ['desired', percentText(weight.desired)],
    ['applied', percentText(weight.applied)],
    ['observed', `${percentText(weight.observedPercent)}${of}`],
    ...(instances === null ? [] : (['stable', 'canary'] as const).map((arm) => [`${arm} ready`, ready(arm)] as const)),
  ];
};
