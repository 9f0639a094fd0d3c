/** `http`: how an address is asked, and what a good answer is. */
import { z } from 'zod';
import { describeFound } from '../lib/config-file/describe-found.ts';
import { duration } from '../lib/config-file/duration-schema.ts';
import { exactlyOne } from '../lib/config-file/exactly-one.ts';
import { didYouMean } from '../lib/nearest.ts';
import type { HttpAskSpec } from './check-spec.ts';
import type { HookServer } from './hook-server.ts';
import { keyFrom, signWords } from './policy-sign.ts';

/** Stand at the beginning of an address, and nowhere else. */
const addressPlaceholders = ['canary', 'stable'] as const;

export const placeholders = [
  'revision',
  'stableRevision',
  'policy',
  'namespace',
  'release',
  'stage',
  'check',
  'weight',
] as const;

export type Placeholder = (typeof placeholders)[number];

const inBraces = (names: readonly string[]): string => names.map((name) => `{${name}}`).join(', ');

/** null: each stands where it may. */
const placeholderProblem = (text: string): string | null => {
  const rest = text.replace(/^\{(canary|stable)\}(?=$|[/?])/, '');
  for (const [whole, name = ''] of rest.matchAll(/\{([^{}]*)\}/g)) {
    if ((addressPlaceholders as readonly string[]).includes(name))
      return `${whole} stands for an instance's http address: it begins the url, as in ${whole}/healthz`;
    if (!(placeholders as readonly string[]).includes(name))
      return `${whole} is none of ${inBraces([...addressPlaceholders, ...placeholders])}${didYouMean(name, [...addressPlaceholders, ...placeholders])}`;
  }
  return null;
};

/** As it would be asked, for somebody whose names are all x. */
const sampleOf = (text: string): string =>
  text.replace(/^\{(canary|stable)\}/, 'http://x.invalid').replace(/\{\w+\}/g, 'x');

const addressProblem = (text: string): string | null => {
  const placed = placeholderProblem(text);
  if (placed !== null) return placed;
  const sample = sampleOf(text);
  const url = URL.canParse(sample) ? new URL(sample) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    return `${describeFound(text)} is not an http or https address; write https://HOST/PATH or {canary}/PATH`;
  if (/\{/.test(/^[a-z]+:\/\/([^/?#]*)/.exec(text)?.[1] ?? ''))
    return 'a placeholder stands in its host; only path and query may have one';
  if (url.username !== '' || url.password !== '') return 'holds credentials; they belong in headers';
  return url.hash === '' ? null : 'holds a fragment';
};

const hookAddress = z
  .string()
  .max(500)
  .superRefine((text, context) => {
    const message = addressProblem(text);
    if (message !== null) context.addIssue({ code: 'custom', message, input: text });
  });

/** Below the address that the operator's settings name: nothing leads out of it. */
const pathProblem = (text: string): string | null => {
  if (!/^\/[^\s#\\]*$/.test(text)) return `${describeFound(text)} is not a path that begins with /`;
  if (/^[^?]*\/(\.|%2e){1,2}(\/|$|\?)/i.test(text)) return 'leads out of the address that it stands under';
  return addressProblem(`https://x.invalid${text}`);
};

const hookPath = z
  .string()
  .max(500)
  .superRefine((text, context) => {
    const message = pathProblem(text);
    if (message !== null) context.addIssue({ code: 'custom', message, input: text });
  });

const header = z
  .string()
  .max(4_000)
  .regex(/^[^\r\n]*$/, 'holds a line break')
  .superRefine((text, context) => {
    const message = placeholderProblem(`/${text}`);
    if (message !== null) context.addIssue({ code: 'custom', message, input: text });
  });

const headers = z.record(z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'is no name of an HTTP header'), header);

const code = z.int().min(200).max(599);

const pattern = z
  .string()
  .min(1)
  .max(200)
  .superRefine((text, context) => {
    try {
      new RegExp(text, 'u');
    } catch {
      context.addIssue({ code: 'custom', message: `${describeFound(text)} is no regular expression`, input: text });
    }
  });

const answerWords = {
  url: hookAddress.optional().meta({
    description: 'Begins with {canary} or {stable}; in a policy file with https:// or http://, too.',
  }),
  to: z
    .string()
    .min(1)
    .max(253)
    .optional()
    .meta({ description: "In a cluster: name of an address under hooks in the operator's settings." }),
  path: hookPath.optional().meta({ description: 'With to: what follows that address. Default: nothing.' }),
  headers: headers.optional(),
  status: z
    .union([code, z.array(code).min(1).max(20)])
    .optional()
    .meta({ description: 'Good codes. Default 200.' }),
  contains: z.string().min(1).max(1_000).optional().meta({ description: 'Text that the body must hold.' }),
  matches: pattern.optional().meta({ description: 'Regular expression that the body must match.' }),
  within: duration({ minMs: 1, maxMs: 600_000 }).optional().meta({ description: 'A later answer is a bad one.' }),
  timeout: duration({ minMs: 10, maxMs: 600_000 }).optional().meta({ description: 'Of one try. Default 10s.' }),
};

const oneMatch = ({ contains, matches }: { contains?: string | undefined; matches?: string | undefined }): boolean =>
  contains === undefined || matches === undefined;

const asksSomebody = exactlyOne(['url', 'to']);

const pathNeedsTo = ({ path, to }: { path?: string | undefined; to?: string | undefined }): boolean =>
  path === undefined || to !== undefined;

const pathOnlyWithTo = { error: 'follows an address that to names; with url it stands there', path: ['path'] };

const oneMatchOnly = { error: 'has both contains and matches; keep one of them', path: ['matches'] };

export const httpWords = z
  .strictObject({
    ...answerWords,
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT']).optional().meta({ description: 'Default GET; POST with an event.' }),
    retries: z.int().min(0).max(10).optional().meta({ description: 'Tries after the first one. Default 2.' }),
    event: z.enum(['structured', 'binary']).optional().meta({
      description: 'Sends the release as a CloudEvent 1.0: all of it in the body, or its head in the headers.',
    }),
    sign: signWords.optional(),
  })
  .superRefine(asksSomebody)
  .refine(pathNeedsTo, pathOnlyWithTo)
  .refine(oneMatch, oneMatchOnly)
  .refine(({ event, method = 'POST' }) => event === undefined || method === 'POST' || method === 'PUT', {
    error: 'is sent with POST or PUT only',
    path: ['event'],
  })
  .refine(({ event, sign }) => sign === undefined || event !== undefined, {
    error: 'signs an event, and there is none: add event: structured',
    path: ['sign'],
  });

export const healthWords = z
  .strictObject({
    ...answerWords,
    every: duration({ minMs: 1_000, maxMs: 3_600_000 }).optional().meta({ description: 'Default 30s.' }),
    failures: z.int().min(1).max(100).optional().meta({ description: 'Bad answers in a row. Default 3.' }),
  })
  .superRefine(asksSomebody)
  .refine(pathNeedsTo, pathOnlyWithTo)
  .refine(oneMatch, oneMatchOnly);

type Words = z.output<typeof httpWords>;

/** What the words of a hook mean beside what else is known where the policy was read. */
export interface HookScene {
  /** Where the policy's file is. */
  readonly folder: string;
  /** Addresses that `to` names. */
  readonly servers: Readonly<Record<string, HookServer>>;
}

export function httpFrom(words: Words, { folder, servers }: HookScene): HttpAskSpec {
  const server = words.to === undefined ? null : (servers[words.to] ?? null);
  return {
    kind: 'http',
    url: server === null ? (words.url ?? '') : `${server.url}${words.path ?? ''}`,
    method: words.method ?? (words.event === undefined ? 'GET' : 'POST'),
    status: words.status === undefined ? [200] : [words.status].flat(),
    body: bodyFrom(words),
    withinMs: words.within ?? null,
    retries: words.retries ?? 2,
    timeoutMs: words.timeout ?? 10_000,
    headers: words.headers ?? {},
    server,
    key: words.sign === undefined ? null : keyFrom(words.sign, folder),
    event: words.event ?? 'none',
  };
}

const bodyFrom = ({ contains, matches }: Words): HttpAskSpec['body'] => {
  if (contains !== undefined) return { kind: 'contains', text: contains };
  return matches === undefined ? null : { kind: 'matches', pattern: matches };
};
