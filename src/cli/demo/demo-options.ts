/** The flags of `sluice demo`, and how long it may take with them. */
import { type Command, InvalidArgumentError } from 'commander';

export interface DemoOptions {
  /** Goes on after the story, with the HTTP API, until it is told to stop. */
  readonly keep?: true;
  /** Fraction of its requests that v3 answers with 500. */
  readonly errors: number;
  /** Milliseconds that every tenth request to v3 takes. */
  readonly latency: number;
  /** False: without the metrics outage. */
  readonly outage: boolean;
  /** Requests per second. */
  readonly rate: number;
  /** Every duration of plan and rules is divided by it. */
  readonly factor: number;
  /** Of the API; 0: any free one. */
  readonly port: number;
}

export const addDemoOptions = (command: Command): Command =>
  command
    .option(
      '--keep',
      'leave it running after the story, with its page, its HTTP API and one more release to try things on, until Ctrl-C',
    )
    .option('--errors <rate>', 'share of its requests that v3 fails, as 3% or 0.03', share, 0.03)
    .option('--latency <ms>', 'milliseconds that every tenth request to v3 takes', whole(1, 10_000), 600)
    .option('--no-outage', 'leave the metrics outage out')
    .option('--rate <number>', 'requests per second', whole(100, 10_000), 1_350)
    .option('--factor <number>', 'divide every duration of plan and rules by this', whole(5, 120), 60)
    .option('--port <port>', 'port of the HTTP API; 0: any free one', whole(0, 65_535), 0);

/** The bakes of the default plan, and an outage with the bake that it costs: what the factor divides. */
const storyMs = (55 + 7) * 60_000;

/** From the first user to the report when nothing is in the way. */
export const expectedMs = (factor: number): number => 15_000 + storyMs / factor;

/** After which the demo gives up: 150 s, unless a slower clock or fewer requests for the first step and for v3 were asked for. */
export const deadlineMs = ({ factor, rate }: Pick<DemoOptions, 'factor' | 'rate'>): number =>
  72_500 + 1.25 * (storyMs / factor) + Math.max(0, 16_000_000 / rate - 12_000);

function share(text: string): number {
  const [, number = '', sign] = /^(\d+(?:\.\d+)?|\.\d+)\s*(%?)$/.exec(text.trim()) ?? [];
  const value = sign === '%' ? Number(number) / 100 : Number(number);
  if (number === '' || value > 1) throw new InvalidArgumentError('Write a share from 0% to 100%, as 3% or 0.03.');
  return value;
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`Write a whole number from ${least} to ${most}.`);
  };
}
