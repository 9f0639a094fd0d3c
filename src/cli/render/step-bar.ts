/** The plan as one line: `[#### 25% 10m done][##.. 50% 15m 07:18][.... 100% 30m]`. */
import { formatDuration } from '../../lib/duration.ts';
import { clockText } from '../../report/format-value.ts';
import type { StepView } from '../../report/step-view.ts';

const fullLength = 4;

export const stepBar = (steps: readonly StepView[], width: number): string => {
  const wide = steps.map((step) => box(step, 'words')).join('');
  return wide.length <= width ? wide : steps.map((step) => box(step, 'short')).join('');
};

const box = (step: StepView, form: 'words' | 'short'): string => {
  const share = step.state === 'done' ? 1 : step.bakeMs > 0 ? step.bakedMs / step.bakeMs : 0;
  const filled = Math.floor(share * fullLength);
  const bar = '#'.repeat(filled).padEnd(fullLength, '.');
  if (form === 'short') return `[${bar} ${step.weight}%]`;
  return `[${[bar, `${step.weight}%`, formatDuration(wholeSeconds(step.bakeMs)), note(step)].filter((part) => part !== '').join(' ')}]`;
};

const wholeSeconds = (ms: number): number => (ms >= 1000 ? Math.round(ms / 1000) * 1000 : ms);

const note = (step: StepView): string => {
  if (step.state === 'running') return clockText(step.bakeMs - step.bakedMs);
  return step.state === 'done' ? 'done' : '';
};
