/** Asks an address whether all is well: bounded in time and size, tried again with back-off, redirects never followed. */
import axios, { AxiosError, type AxiosResponse } from 'axios';
import { backOff } from '../lib/back-off.ts';
import { messageOf } from '../lib/message-of.ts';
import { pause } from '../lib/pause.ts';
import { masked, secretsInHeaders } from '../lib/secret/masked.ts';
import type { HttpAskSpec } from '../release/check-spec.ts';
import { span } from '../verdict/words.ts';
import { bodyProblem } from './body-http.ts';
import type { Heard, Question } from './checks.ts';
import { eventPost, type Post, type ReadKey } from './event-http.ts';
import { fillAddress, fillHeader } from './placeholders.ts';
import { type Access, accessTo } from './server-access-http.ts';

/** What an answer may be long; more is no answer to such a question. */
export const maxAnswerBytes = 1_048_576;

const firstBackOffMs = 1_000;
const longestBackOffMs = 30_000;

export interface AskAround {
  /** Gives up; what is answered then is of no use. */
  readonly signal: AbortSignal;
  readonly readKey: ReadKey;
}

/** Never rejects. */
export async function askHttp(spec: HttpAskSpec, question: Question, around: AskAround): Promise<Heard> {
  const urls = fillAddress(spec.url, question);
  if (urls === null) return heard('pending', unseen, null);
  if (urls.length === 0) return heard('failed', 'no instance is ready that could be asked', null);
  const post = await eventPost(spec, question, around.readKey);
  // What can't be read on our side says nothing of the release: it is asked again.
  if (!post.ok) return heard('pending', post.error, null);
  const access = await accessTo(spec.server);
  if (!access.ok) return heard('pending', access.error, null);
  const secrets = secretsInHeaders({ ...spec.headers, ...access.value.headers });
  const common = { spec, question, post: post.value, access: access.value, secrets };
  const all = await Promise.all(urls.slice(0, mostInstances).map((url) => askOne({ ...common, url }, around.signal)));
  const said = all.find(({ outcome }) => outcome !== 'passed') ?? all[0] ?? heard('failed', 'nobody was asked', null);
  const { answer, ...rest } = said;
  return {
    ...rest,
    message: masked(said.message, secrets),
    ...(answer === undefined ? {} : { answer: onOneLine(masked(answer, secrets)) }),
  };
}

/** Why nobody was asked: it is neither good nor bad. */
export const unseen = 'the instances can not be looked at now, so none of them was asked';

/** Of a revision; more show nothing new. */
const mostInstances = 10;

interface Asking {
  readonly url: string;
  readonly spec: HttpAskSpec;
  readonly question: Question;
  readonly post: Post;
  readonly access: Access;
  /** That are never told. */
  readonly secrets: readonly string[];
}

type Try = Heard & { readonly isFinal: boolean };

async function askOne(asking: Asking, signal: AbortSignal): Promise<Heard> {
  for (let attempt = 1; ; attempt += 1) {
    const tried = await tryOnce(asking, signal);
    const isLast = tried.isFinal || attempt > asking.spec.retries || signal.aborted;
    if (isLast) {
      const { isFinal: _isFinal, ...said } = tried;
      return attempt === 1 || said.outcome === 'passed'
        ? said
        : { ...said, message: `${said.message} (${attempt} tries)` };
    }
    await pause(backOff(attempt, { firstMs: firstBackOffMs, longestMs: longestBackOffMs }), signal);
  }
}

async function tryOnce(asking: Asking, signal: AbortSignal): Promise<Try> {
  const { secrets, spec, url } = asking;
  const deadline = AbortSignal.timeout(spec.timeoutMs);
  const begunMs = performance.now();
  try {
    const response = await request(asking, AbortSignal.any([deadline, signal]));
    return judged(asking, response, performance.now() - begunMs);
  } catch (error) {
    const message = deadline.aborted
      ? `no complete answer from ${shownOf(url, secrets)} within ${span(spec.timeoutMs)}`
      : failureOf(asking, error);
    return { ...heard('failed', message, performance.now() - begunMs), isFinal: false };
  }
}

const request = (
  { access: { headers, ...reached }, post, question, spec, url }: Asking,
  signal: AbortSignal,
): Promise<AxiosResponse<string>> =>
  axios.request<string>({
    ...reached,
    url,
    signal,
    method: spec.method,
    headers: {
      accept: '*/*',
      'user-agent': 'sluice',
      ...Object.fromEntries(Object.entries(spec.headers).map(([name, value]) => [name, fillHeader(value, question)])),
      ...post.headers,
      ...headers,
    },
    ...(post.body === null ? {} : { data: post.body }),
    responseType: 'text',
    transformRequest: (body: unknown) => body,
    transformResponse: (body: string) => body,
    validateStatus: () => true,
    maxContentLength: maxAnswerBytes,
    // A redirect could lead a signature or a header anywhere, and no proxy of the environment is meant for them.
    maxRedirects: 0,
    proxy: false,
  });

function judged({ secrets, spec, url }: Asking, { data, headers, status }: AxiosResponse<string>, tookMs: number): Try {
  const place = shownOf(url, secrets);
  if (status >= 300 && status < 400 && !spec.status.includes(status)) {
    const message = `${place} redirects to ${shownOf(String(headers['location'] ?? 'nowhere'), secrets)} (${status}); redirects are not followed: give the final address`;
    return { ...heard('failed', message, tookMs), isFinal: true };
  }
  const wrong =
    statusProblem(spec, status) ?? bodyProblem(spec, { text: data, type: String(headers['content-type'] ?? '') });
  if (wrong !== null) return { ...heard('failed', `${place} ${wrong}`, tookMs), isFinal: false };
  const took = span(Math.max(1, tookMs));
  return spec.withinMs !== null && tookMs > spec.withinMs
    ? {
        ...heard('failed', `${place} answered ${status} after ${took}, later than ${span(spec.withinMs)}`, tookMs),
        isFinal: false,
      }
    : { ...heard('passed', `${place} answered ${status}`, tookMs), answer: data, isFinal: true };
}

const longestAnswer = 200;

const onOneLine = (text: string): string =>
  text
    .slice(0, longestAnswer * 10)
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/[^\P{C}]/gu, '?')
    .slice(0, longestAnswer);

const statusProblem = ({ status: good }: HttpAskSpec, status: number): string | null =>
  good.includes(status) ? null : `answered ${status}, not ${good.join(' or ')}`;

const heard = (outcome: Heard['outcome'], message: string, tookMs: number | null): Heard => ({
  outcome,
  message,
  tookMs,
});

/** Without what may be secret in it: masked as long as it is whole. */
const shownOf = (url: string, secrets: readonly string[]): string => {
  const { origin, pathname } = URL.canParse(url) ? new URL(url) : { origin: '', pathname: url.split('?')[0] ?? '' };
  return masked(`${origin}${pathname}`, secrets).slice(0, 150);
};

function failureOf({ secrets, url }: Asking, error: unknown): string {
  const message = messageOf(error);
  const place = shownOf(url, secrets);
  if (error instanceof AxiosError && message.startsWith('maxContentLength'))
    return `the answer of ${place} is longer than ${maxAnswerBytes} bytes`;
  const code = error instanceof AxiosError ? error.code : undefined;
  return `${place}: ${[code, message].filter((part) => part).join(' ')}`;
}
