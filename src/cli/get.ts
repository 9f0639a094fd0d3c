/** `sluice get RELEASE`: everything about one release, once. */
import type { Command } from 'commander';
import { calledText } from '../report/called-text.ts';
import type { ReleaseView } from '../report/release-view.ts';
import { runWith } from './context.ts';
import { emit, outputWidth } from './emit.ts';
import { exitCodes } from './exit-codes.ts';
import { liveScreen, type Screen } from './live-screen.ts';
import { pickRelease } from './pick-release.ts';
import { checklistLines, isAwaited } from './render/checklist-lines.ts';

export const registerGet = (program: Command): void => {
  program
    .command('get')
    .description('show one release')
    .argument('[release]', 'id, beginning of an id, or policy; without it the one that runs')
    .addHelpText('after', '\nExample:\n  $ sluice get app -o json')
    .action(
      runWith(async (context, name: string | undefined) => {
        const found = await pickRelease(context.api, name);
        if (!found.ok) return context.fail(found.error.message);
        const view = found.value;
        const { startedAtMs, startedBy } = view.times;
        const who = `release ${view.id}, started ${new Date(startedAtMs).toISOString()} by ${startedBy}`;
        const screen = { width: outputWidth(), height: 200, paint: context.paint };
        const lines = () => [
          ...[who, ...liveScreen(view, screen), ...beforeTraffic(view, screen)],
          ...[...afterwards(view), ...closing(view)],
        ];
        emit(context, { value: view, names: [view.id], lines });
        return exitCodes.ok;
      }),
    );
};

/** What was waited for; what still is stands on the screen. */
const beforeTraffic = (view: ReleaseView, screen: Screen): readonly string[] =>
  view.checklist.length === 0 || isAwaited(view) ? [] : checklistLines(view, screen);

/** What is recorded once it has ended, and what people do then and have not. */
const afterwards = ({ ended, id, tasks, trend }: ReleaseView): readonly string[] => [
  ...(trend === null ? [] : [`trends     ${trend.sentence}`]),
  ...(ended
    ? tasks
        .filter(({ done }) => !done)
        .map(({ name, what }) => `open       task ${name}: ${what}; done: sluice attest ${id} ${name} --pass`)
    : []),
];

/** How sure the judge is, and what people should know of how it judges this release. */
const closing = ({ falseAlarm: { called, outside, sentence }, notes }: ReleaseView): readonly string[] => [
  outside === null ? sentence : `${sentence}; ${outside}`,
  ...(called === null ? [] : [calledText(called)]),
  ...notes.map(({ message, reason }) => `${reason}: ${message}`),
];
