/** What a person sees while the lab works: what is being done, and for how long already. */

export interface Progress {
  say(text: string): void;
  /** Tells that `work` goes on, again and again, and how long it took. */
  during<T>(text: string, work: () => Promise<T>): Promise<T>;
}

interface Screen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** On a terminal the line counts the seconds; in a log a line comes every half minute. */
export function progressOn(screen: Screen = process.stderr): Progress {
  const live = screen.isTTY === true;
  const say = (text: string): void => void screen.write(`${live ? '\r\x1b[K' : ''}lab: ${text}\n`);
  const during = async <T>(text: string, work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    const sofar = (): string => elapsed(performance.now() - began);
    if (!live) say(`${text} ...`);
    const tell = (): void =>
      live ? void screen.write(`\r\x1b[Klab: ${text} ... ${sofar()}`) : say(`${text} ... ${sofar()}`);
    const timer = setInterval(tell, live ? 1_000 : 30_000);
    try {
      const result = await work();
      say(`${text}: done in ${sofar()}`);
      return result;
    } catch (error) {
      say(`${text}: failed after ${sofar()}`);
      throw error;
    } finally {
      clearInterval(timer);
    }
  };
  return { say, during };
}

function elapsed(ms: number): string {
  const seconds = Math.floor(ms / 1_000);
  return seconds < 60 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}
