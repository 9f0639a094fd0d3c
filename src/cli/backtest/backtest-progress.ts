/** How far a backtest is: one line that is written anew on a terminal, a line a tenth in a pipe. */
import type { Progress } from '../../tuning/backtest/backtest.ts';
import { spanText, utc } from '../../tuning/backtest/html-text.ts';
import { fit } from '../render/fit.ts';

export interface ProgressLine {
  readonly show: (progress: Progress) => void;
  /** Nothing of it stays on a terminal. */
  readonly end: () => void;
}

export const noProgress: ProgressLine = { show: () => undefined, end: () => undefined };

const everyMs = 200;

export function progressLine(stream: NodeJS.WriteStream, nowMs: () => number): ProgressLine {
  const tells = teller(nowMs);
  if (!stream.isTTY) return plainLines(stream, tells);
  let shownMs = Number.NEGATIVE_INFINITY;
  return {
    show: (progress) => {
      if (nowMs() - shownMs < everyMs) return;
      shownMs = nowMs();
      stream.write(`\r\u001b[K${fit(tells(progress), Math.max(20, stream.columns - 1))}`);
    },
    end: () => void stream.write('\r\u001b[K'),
  };
}

function plainLines(stream: NodeJS.WriteStream, tells: (progress: Progress) => string): ProgressLine {
  let told = -1;
  return {
    show: (progress) => {
      const tenth =
        progress.stage === 'replaying' ? Math.floor((10 * progress.doneMs) / Math.max(1, progress.totalMs)) : 0;
      const line = tells(progress);
      if (tenth <= told && progress.stage === 'replaying') return;
      if (progress.stage === 'replaying') told = tenth;
      stream.write(`${line}\n`);
    },
    end: () => undefined,
  };
}

/** The estimate goes by the history judged so far. */
function teller(nowMs: () => number): (progress: Progress) => string {
  let beganMs: number | null = null;
  return (progress) => {
    if (progress.stage !== 'replaying') return `${progress.stage} ...`;
    beganMs ??= nowMs();
    const { doneMs, totalMs, atMs, samples } = progress;
    const share = doneMs / Math.max(1, totalMs);
    const elapsedMs = nowMs() - beganMs;
    const left = share < 0.02 || elapsedMs < 500 ? '' : `, about ${spanText((elapsedMs * (1 - share)) / share)} left`;
    return `judging up to ${utc(atMs)} UTC: ${Math.floor(100 * share)} %, ${(samples / 1e6).toFixed(1)} M samples${left}`;
  };
}
