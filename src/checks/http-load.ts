/** Load for a canary that few users reach: so many requests a second to its own addresses, each labelled, and what came of them. */
import axios from 'axios';
import { pause } from '../lib/pause.ts';
import type { LoadAskSpec } from '../release/check-spec.ts';
import { percent, span } from '../verdict/words.ts';
import type { Heard, Question } from './checks.ts';
import { unseen } from './http-ask.ts';
import type { LoadCounters } from './load-counters.ts';
import { fillHeader } from './placeholders.ts';

/** Says for which release a request was made, to whoever counts requests. */
const loadHeader = 'x-sluice-load';

/** Requests under way at a time: a canary that does not answer gets no more. */
const mostOpen = 100;

const maxBytes = 1_048_576;

/** Never rejects. Ends early with the signal. */
export async function makeLoad(spec: LoadAskSpec, question: Question, { counters, signal }: Making): Promise<Heard> {
  const begunMs = performance.now();
  const { canary } = question;
  if (canary === null) return { outcome: 'pending', message: unseen, tookMs: null };
  if (canary.length === 0)
    return { outcome: 'failed', message: 'no instance is ready that could be asked', tookMs: null };
  const sent: Promise<boolean>[] = [];
  const open = new Set<Promise<boolean>>();
  const total = Math.max(1, Math.round((spec.perSecond * spec.forMs) / 1_000));
  let skipped = 0;
  for (let n = 0; n < total && !signal.aborted; n += 1) {
    await pause(Math.max(0, begunMs + (n * 1_000) / spec.perSecond - performance.now()), signal);
    if (open.size >= mostOpen) {
      skipped += 1;
      continue;
    }
    const base = canary[n % canary.length] ?? '';
    const one = request({ base, spec, question, signal }, counters);
    sent.push(one);
    open.add(one);
    void one.then(() => open.delete(one));
  }
  const failed = (await Promise.all(sent)).filter((isGood) => !isGood).length;
  return outcomeOf({ spec, sent: sent.length, failed, skipped }, performance.now() - begunMs);
}

export interface Making {
  readonly counters: LoadCounters;
  readonly signal: AbortSignal;
}

interface One {
  readonly base: string;
  readonly spec: LoadAskSpec;
  readonly question: Question;
  readonly signal: AbortSignal;
}

/** Whether it went well; counted under its instance, and no address of anybody else. */
async function request({ base, question, signal, spec }: One, counters: LoadCounters): Promise<boolean> {
  const begunMs = performance.now();
  const code = await axios
    .get(`${base.replace(/\/$/, '')}${spec.path}`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(spec.timeoutMs)]),
      headers: {
        ...Object.fromEntries(Object.entries(spec.headers).map(([name, value]) => [name, fillHeader(value, question)])),
        'user-agent': 'sluice',
        [loadHeader]: fillHeader('{release}', question),
      },
      responseType: 'text',
      validateStatus: () => true,
      maxRedirects: 0,
      maxContentLength: maxBytes,
      proxy: false,
    })
    .then(
      ({ status }) => String(status),
      () => '0',
    );
  // What was given up says nothing about the canary.
  if (!signal.aborted) counters.count(base, code, (performance.now() - begunMs) / 1_000);
  return code !== '0' && !code.startsWith('5');
}

interface Made {
  readonly spec: LoadAskSpec;
  readonly sent: number;
  readonly failed: number;
  readonly skipped: number;
}

function outcomeOf({ failed, sent, skipped, spec }: Made, tookMs: number): Heard {
  // Requests that could not be sent, since none came back, are failures of whoever did not answer.
  const ratio = (failed + skipped) / (sent + skipped);
  const late = skipped === 0 ? '' : `, ${skipped} not sent because ${mostOpen} were open`;
  const message = `${sent} requests to ${spec.path} in ${span(tookMs)}: ${percent(ratio)} failed${late}, ${percent(spec.maxFailed)} may`;
  return { outcome: ratio <= spec.maxFailed ? 'passed' : 'failed', message, tookMs };
}
