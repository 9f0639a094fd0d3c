/** Entry of the surveying thread: asks the history what it is told to, once. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../../lib/clock.ts';
import type { Result } from '../../lib/result.ts';
import { prometheusHistory } from '../../metrics/prometheus-history.ts';
import { type Survey, type SurveyAsked, type SurveyStage, surveyOf } from '../../tuning/backtest/survey.ts';
import type { ThreadWord } from './ask-thread.ts';

const survey = surveyOf(prometheusHistory(workerData as Parameters<typeof prometheusHistory>[0]), systemClock);
const never = new AbortController().signal;
const say = (word: ThreadWord<SurveyStage, Result<Survey, string>>): void => parentPort?.postMessage(word);

parentPort?.once('message', (asked: SurveyAsked) => {
  const onStage = (told: SurveyStage): void => say({ kind: 'told', told });
  void survey(asked, { signal: never, onStage }).then((answer) => say({ kind: 'answer', answer }));
});
