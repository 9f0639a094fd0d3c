/** A release as lines for a pipe: what it is, each entry of its log once, the rollback card, and the end. JSON and YAML: a view for each change. */
import { explain } from '../report/explain.ts';
import type { ReleaseView } from '../report/release-view.ts';
import type { LogPage } from './api-client.ts';
import type { Context } from './context.ts';
import { emit, outputWidth } from './emit.ts';
import { headline, logLine, weightLine } from './live-screen.ts';
import { isAwaited, itemLine } from './render/checklist-lines.ts';
import { rollbackCard } from './render/rollback-card.ts';
import { shown } from './render/shown.ts';

export class WatchLines {
  readonly #context: Context;
  #seen = 0;
  #phase = '';
  #hasCard = false;
  #checklist: readonly string[] = [];

  constructor(context: Context) {
    this.#context = context;
  }

  /** Entries of the log that were shown. */
  get seen(): number {
    return this.#seen;
  }

  show(view: ReleaseView, log: LogPage): void {
    const isNew = log.next > this.#seen || view.phase !== this.#phase;
    if (this.#context.format === 'table') this.#showLines(view, log);
    else if (isNew) this.#showValue(view);
    this.#seen = log.next;
    this.#phase = view.phase;
  }

  #showValue(view: ReleaseView): void {
    if (this.#context.format === 'json') this.#context.print(JSON.stringify(view));
    else if (this.#context.format === 'yaml') this.#context.print('---');
    if (this.#context.format !== 'json') emit(this.#context, { value: view, names: [view.id], lines: () => [] });
  }

  /** Each item when it has changed, for as long as one is missing. */
  #showChecklist(view: ReleaseView): void {
    const lines = view.checklist.map(itemLine);
    const isTold = this.#checklist.length > 0 || isAwaited(view);
    if (!isTold) return;
    for (const line of lines) if (!this.#checklist.includes(line)) this.#context.print(shown(line));
    this.#checklist = lines;
  }

  #showLines(view: ReleaseView, log: LogPage): void {
    const { print, paint } = this.#context;
    const width = outputWidth();
    if (this.#phase === '') for (const line of [...headline(view, width), ...weightLine(view, width)]) print(line);
    for (const entry of log.entries) print(logLine(entry));
    this.#showChecklist(view);
    if (!this.#hasCard && view.rollback !== null && view.rollback.zeroAtMs !== null) {
      this.#hasCard = true;
      for (const line of rollbackCard(view.rollback, { width, paint })) print(line);
    }
    if (view.ended) print(explain(view).where);
  }
}
