/** One run of the demo: set up, played, reported, and taken down again whatever happens. */
import { failed, type Result } from '../../lib/result.ts';
import type { Context } from '../context.ts';
import { emit, outputWidth } from '../emit.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { DemoFacts } from './demo-facts.ts';
import { type DemoOptions, deadlineMs } from './demo-options.ts';
import { demoOutcomes } from './demo-outcomes.ts';
import { demoReport } from './demo-report.ts';
import { openDisplay, openLines } from './display.ts';
import { beginEncore, guest } from './encore.ts';
import { Ending } from './ending.ts';
import { keepWords } from './keep-words.ts';
import type { Load } from './load.ts';
import { Show } from './show.ts';
import { openStage, type Stage } from './stage.ts';
import { waitUntil } from './wait-until.ts';

export const runDemo = async (context: Context, options: DemoOptions): Promise<ExitCode> => {
  const ending = new Ending(deadlineMs(options));
  if (context.format === 'table') context.remark('starting a controller, the proxy and two instances of v1 ...');
  try {
    const stage = await openStage(options);
    return stage.ok
      ? await onStage(context, { options, ending, stage: stage.value })
      : context.fail(stage.error.message);
  } finally {
    ending.close();
  }
};

interface Run {
  readonly options: DemoOptions;
  readonly ending: Ending;
  readonly stage: Stage;
}

const onStage = async (context: Context, run: Run): Promise<ExitCode> => {
  let code: ExitCode = exitCodes.trouble;
  try {
    const load = await opened(run);
    if (context.format === 'table') context.remark(`the page, for as long as it runs: ${run.stage.controller.url}/`);
    code = load.ok ? await show(context, { ...run, load: load.value }) : context.fail(load.error);
  } finally {
    const left = await run.stage.close();
    for (const each of left) code = context.fail(each);
    if (left.length === 0) context.remark('every process of the demo is ended and its folder removed');
  }
  return code;
};

const servesWithinMs = 20_000;

/** A few users, as soon as v1 serves: they warm it up. */
const firstUsers = 100;

const opened = async ({ ending, stage }: Run): Promise<Result<Load, string>> => {
  const { controls } = stage.controller;
  const late = performance.now() + servesWithinMs;
  await waitUntil(() => controls.ready().ok || performance.now() > late, ending.signal);
  const { ok: serves, missing } = controls.ready();
  if (!serves && !ending.signal.aborted)
    return failed(`v1 does not serve after ${servesWithinMs / 1_000} s: ${missing.join('; ')}`);
  const load = stage.admit(firstUsers);
  if (!load.ok) return failed(load.error.message);
  void load.value.ended.then(() => ending.endStory('load'));
  return load;
};

const show = async (context: Context, run: Run & { readonly load: Load }): Promise<ExitCode> => {
  const { ending, options, stage } = run;
  const on = new Show({ ...run, display: openDisplay(context) });
  try {
    const told = await on.play();
    if (ending.left.aborted) return await leave(context, on);
    const cutShort = told.ok ? cutShortWords(ending, options) : `the story broke off: ${told.error.message}`;
    const facts = await on.facts(told.ok ? told.value : { servedInOutage: 0 }, cutShort);
    await on.curtain();
    const code = report(context, facts);
    if (options.keep) {
      on.encore(openLines(context));
      await keep(context, { ending, stage });
    }
    return code;
  } finally {
    on.close();
  }
};

/** Before there is anything to report. */
const leave = async (context: Context, on: Show): Promise<ExitCode> => {
  await on.curtain();
  context.remark('interrupted: ending every process');
  return exitCodes.interrupted;
};

const cutShortWords = ({ reason }: Ending, options: DemoOptions): string | null => {
  if (reason === 'load') return 'the load generator ended by itself: without users there is nothing to see';
  return reason === 'deadline' ? `not done after ${Math.round(deadlineMs(options) / 1_000)} s, its deadline` : null;
};

const report = (context: Context, facts: DemoFacts): ExitCode => {
  const outcomes = demoOutcomes(facts);
  const isGood = outcomes.every(({ objections }) => objections.length === 0) && facts.cutShort === null;
  emit(context, {
    value: { ok: isGood, outcomes, ...facts },
    names: [facts.healthy, facts.faulty].flatMap(({ view }) => view?.id ?? []),
    lines: () => demoReport({ facts, outcomes, width: outputWidth(), paint: context.paint }),
  });
  return isGood ? exitCodes.ok : exitCodes.notDelivered;
};

const keep = async (context: Context, { ending, stage }: Pick<Run, 'ending' | 'stage'>): Promise<void> => {
  context.print('');
  context.print(`Starting ${guest}, for you to try things on ...`);
  const begun = await beginEncore(stage.controller.controls, ending.left);
  if (ending.left.aborted) return;
  if (!begun.ok) context.remark(`${guest} could not be started: ${begun.error.message}`);
  for (const line of keepWords(stage, begun.ok ? begun.value : null)) context.print(line);
  await waitUntil(() => false, ending.left);
};
