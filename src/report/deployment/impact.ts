/** What the release cost the users: the longest time that nobody was answered, and how many requests failed. */
import type { Release } from '../../release/release.ts';
import { type Interruption, longestInterruption, type TrafficBook } from '../../release/traffic-book.ts';
import { tookText } from '../format-value.ts';

/** An interruption up to here is none that users speak of. */
const longestUnnoticedMs = 30_000;

const longestMinorMs = 300_000;
/** Of all requests, failed. */
const majorShare = 0.05;

export interface Impact {
  /** `zeroDowntime`: surely no interruption over 30 s. `major`: one over 5 min, or 5 % of all requests failed. */
  readonly level: 'zeroDowntime' | 'minor' | 'major' | 'notMeasured';
  readonly sentence: string;
  readonly longest: Interruption | null;
  /** Longest time in which nothing was counted. */
  readonly longestUnseenMs: number | null;
  /** From and to when it was counted, epoch ms. */
  readonly fromMs: number | null;
  readonly toMs: number | null;
  /** `router`: by the data plane's own counters; else the rule that counted. */
  readonly by: string | null;
  /** Of users' requests to both versions. */
  readonly requests: number | null;
  readonly failed: number | null;
}

export const impactOf = ({ traffic }: Pick<Release, 'traffic'>): Impact =>
  traffic === null ? unmeasured : measured(traffic);

const unmeasured: Impact = {
  level: 'notMeasured',
  sentence: "nothing counted what became of the users' requests",
  longest: null,
  longestUnseenMs: null,
  fromMs: null,
  toMs: null,
  by: null,
  requests: null,
  failed: null,
};

function measured(book: TrafficBook): Impact {
  const { by, failed, longestUnseenMs, lookedAtMs, ok, sinceMs } = book;
  const longest = longestInterruption(book);
  const requests = ok + failed;
  const level = requests === 0 ? 'notMeasured' : levelOf(longest, longestUnseenMs, failed / requests);
  return {
    level,
    sentence: sentenceOf(level, longest, book),
    longest,
    longestUnseenMs,
    fromMs: sinceMs,
    toMs: lookedAtMs,
    by,
    requests,
    failed,
  };
}

function levelOf(longest: Interruption | null, unseenMs: number, share: number): Impact['level'] {
  const { leastMs, mostMs } = longest ?? { leastMs: 0, mostMs: 0 };
  if (leastMs > longestMinorMs || share >= majorShare) return 'major';
  if (leastMs > longestUnnoticedMs) return 'minor';
  return mostMs <= longestUnnoticedMs && unseenMs <= longestUnnoticedMs ? 'zeroDowntime' : 'notMeasured';
}

function sentenceOf(level: Impact['level'], longest: Interruption | null, book: TrafficBook): string {
  const requests = book.ok + book.failed;
  if (requests === 0) return 'no user asked anything while it ran';
  const lost = `${count(book.failed)} of ${count(requests)} requests failed`;
  const unseen = tookText(book.longestUnseenMs);
  const interrupted =
    longest === null
      ? `never a time without an answer, looked at least every ${unseen}`
      : `longest time without an answer between ${tookText(longest.leastMs)} and ${tookText(longest.mostMs)}`;
  if (level !== 'notMeasured') return `${interrupted}; ${lost}`;
  return `can't be told from an interruption of over 30 s: ${interrupted}, and nothing was counted for ${unseen}; ${lost}`;
}

const count = (value: number): string => Math.round(value).toLocaleString('en-US');
