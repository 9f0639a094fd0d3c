/** Warnings that hold a release until a person answers: the demo's person does, by key; nobody there, the demo says why it answers itself. */
import { isOpen } from '../../release/investigation.ts';
import { isForward } from '../../release/phase.ts';
import type { Release } from '../../release/release.ts';
import type { Controls } from '../../server/controls.ts';

/** The rule of a warning that waits for an answer; null: none does. */
export const openWarning = (release: Release | null): string | null =>
  release !== null && isForward(release) ? (release.investigations.find(isOpen)?.rule ?? null) : null;

export interface Answer {
  readonly controls: Controls;
  readonly release: Release;
  readonly who: string;
  readonly reason: string;
}

/** Answers all of them: the release goes on unless something else objects. */
export async function answerWarnings({ controls, release, who, reason }: Answer): Promise<void> {
  await controls.act(release.id, { kind: 'answer', rule: null, who, reason });
}
