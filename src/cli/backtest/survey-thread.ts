/** The survey in a thread of its own that ends with it: what a month of counts leaves behind in memory is gone before the judging. */
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { failed, type Result } from '../../lib/result.ts';
import type { prometheusHistory } from '../../metrics/prometheus-history.ts';
import type { Survey, Surveyor, SurveyStage } from '../../tuning/backtest/survey.ts';
import { askThread } from './ask-thread.ts';
import { threadMegabytes } from './thread-megabytes.ts';

// Compiled to JavaScript or run as TypeScript: the worker stands beside this module in the same form.
const workerUrl = new URL(`./survey-worker${extname(new URL(import.meta.url).pathname)}`, import.meta.url);

export const surveyInThread =
  (server: Parameters<typeof prometheusHistory>[0]): Surveyor =>
  async (asked, { signal, onStage }) => {
    const worker = new Worker(workerUrl, { workerData: server, resourceLimits: threadMegabytes });
    const listening = { signal, onTold: onStage };
    const answer = await askThread<SurveyStage, Result<Survey, string>>(worker, asked, listening);
    await worker.terminate();
    return answer.ok ? answer.value : failed(answer.error ?? 'stopped');
  };
