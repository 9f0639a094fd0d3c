/** The running demo: who sees it, who acts in it, which keys change it, and what came of it. */
import type { Result } from '../../lib/result.ts';
import { type Keyboard, openKeyboard } from '../keyboard.ts';
import { caption } from './caption.ts';
import type { Cast } from './cast.ts';
import type { DemoFacts } from './demo-facts.ts';
import { DemoKeys } from './demo-keys.ts';
import { type DemoOptions, expectedMs } from './demo-options.ts';
import type { Display } from './display.ts';
import type { Ending } from './ending.ts';
import { FaultBoard } from './fault-board.ts';
import { gatherFacts, viewNow } from './gather-facts.ts';
import type { Load } from './load.ts';
import type { Stage } from './stage.ts';
import { StandIn } from './stand-in.ts';
import { type Told, tellStory } from './story.ts';
import { Witness } from './witness.ts';

export interface ShowOptions {
  readonly stage: Stage;
  readonly load: Load;
  readonly display: Display;
  readonly options: DemoOptions;
  readonly ending: Ending;
}

const drawEveryMs = 250;

/**
 *   witness, load ──► scene ──each 250 ms──► display          keys ──► faults, end
 *   story ──► act, note ──┘                                   facts ◄── witness, load
 */
export class Show {
  readonly #options: ShowOptions;
  #display: Display;
  readonly #startedMs = performance.now();
  readonly #witness: Witness;
  readonly #keys: DemoKeys;
  readonly #standIn: StandIn;
  readonly #keyboard: Keyboard;
  readonly #cast: Cast;
  readonly #timer: NodeJS.Timeout;
  #act = 'sluice demo';
  #note = '';
  #caption = '';
  #isDrawing = false;

  constructor(given: ShowOptions) {
    const { ending, load, options, stage } = given;
    this.#options = given;
    this.#display = given.display;
    const { ports, workload } = stage.service;
    const { controls } = stage.controller;
    const witness = new Witness({
      controls,
      router: ports.router,
      onRelease: (release) => this.#beginCaption(caption(release)),
      onLog: (release, entry) => this.#display.logged(this.#elapsedMs(), release, entry),
    });
    const tell = (note: string): void => this.#tell(note);
    const faults = new FaultBoard(workload);
    this.#witness = witness;
    this.#keys = new DemoKeys({ faults, witness, controls, ending, tell });
    this.#standIn = new StandIn({ witness, controls, tell, isPersonThere: () => this.#keys.done.length > 0 });
    this.#keyboard = openKeyboard((key) => this.#keys.pressed(key));
    const { signal } = ending;
    const act = (title: string): void => this.#beginAct(title);
    this.#cast = { stage, witness, load, faults, options, signal, act, tell };
    this.#timer = setInterval(() => void this.#draw(), drawEveryMs);
  }

  play(): Promise<Result<Told>> {
    return tellStory(this.#cast);
  }

  async facts({ servedInOutage }: Told, cutShort: string | null): Promise<DemoFacts> {
    const { load, options, stage } = this.#options;
    const { controls } = stage.controller;
    return {
      ...(await gatherFacts({ witness: this.#witness, controls, load: load.latest(), servedInOutage })),
      outage: options.outage ? 'shown' : 'left out',
      interventions: this.#keys.done,
      answered: this.#standIn.answered,
      cutShort,
    };
  }

  /** Draws a last time. */
  async curtain(): Promise<void> {
    clearInterval(this.#timer);
    await this.#draw();
    this.#display.close();
  }

  /** Goes on after the curtain: keys work, and what happens is told in lines. */
  encore(lines: Display): void {
    this.#display = lines;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#witness.close();
    this.#standIn.close();
    this.#keyboard.close();
    this.#display.close();
  }

  #elapsedMs(): number {
    return performance.now() - this.#startedMs;
  }

  #beginAct(title: string): void {
    this.#act = title;
    this.#display.tell(this.#elapsedMs(), title);
  }

  /** Told when it changes. */
  #beginCaption(text: string): void {
    if (text === this.#caption) return;
    this.#caption = text;
    this.#tell(text);
  }

  #tell(note: string): void {
    this.#note = note;
    this.#display.tell(this.#elapsedMs(), note);
  }

  async #draw(): Promise<void> {
    const { load, options } = this.#options;
    const display = this.#display;
    if (display.kind !== 'screen' || this.#isDrawing) return;
    this.#isDrawing = true;
    const current = this.#witness.current();
    const view = current === null ? null : await viewNow(this.#options.stage.controller.controls, current.id);
    this.#isDrawing = false;
    display.draw({
      act: this.#act,
      note: this.#note,
      elapsedMs: this.#elapsedMs(),
      expectedMs: expectedMs(options.factor),
      factor: options.factor,
      users: load.latest(),
      view,
      keys: this.#keyboard.isThere ? this.#keys.words() : [],
    });
  }
}
