import { pino } from 'pino';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AlertBook } from '../../src/checks/alert-book.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { httpApp } from '../../src/server/http-app.ts';
import { HttpEvents } from '../../src/server/http-events.ts';
import { defaultLimits } from '../../src/server/http-options.ts';
import { actionNames } from '../../src/server/requests.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { suiteEnd } from '../support/at-end.ts';
import { getJson, postJson, testServer } from '../support/http-server.ts';
import { span } from '../support/journal-spans.ts';
import { MemoryControls } from '../support/memory-controls.ts';
import { bakingRelease, rolledBackRelease } from '../support/sample-release.ts';

type Schema = Readonly<Record<string, unknown>>;
type Content = Readonly<Record<string, { readonly schema: Schema } | undefined>>;

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly content: Content } | undefined>>;
}

interface Document {
  readonly openapi: string;
  readonly info: { readonly version: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const atEnd = suiteEnd();
let document: Document;
let url = '';

beforeAll(async () => {
  const server = await testServer({ alerts: new AlertBook() }, atEnd);
  url = server.url;
  await server.controls.put({ ...rolledBackRelease(), id: 'app-1', policy: 'shop' });
  const { id } = await server.controls.put(bakingRelease(), [
    { atMs: 1, kind: 'event', reason: 'Noted', message: 'noted', data: { found: 50, desired: 50, rule: null } },
  ]);
  for (const n of [1, 2, 3]) await server.controls.store.note(id, span(n));
  document = (await getJson(`${url}/api/v1/openapi.json`)).body as Document;
});

/** Every route of the server, an action at a time. */
const routes = (): readonly string[] => {
  const controls = new MemoryControls();
  const options = {
    controls,
    metrics: createMetrics({ version: '0', releases: () => controls.releases({}) }),
    log: pino({ level: 'silent' }),
    clock: systemClock,
    host: '127.0.0.1',
    port: 0,
    keys: [],
    alerts: new AlertBook(),
    version: '0',
  };
  const events = new HttpEvents(controls, { startedAtMs: 0, limits: defaultLimits });
  const { stack } = httpApp(options, events).router;
  events.stop();
  return stack.flatMap(({ route }) => {
    if (route === undefined) return [];
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    const paths = path.includes('{action}') ? actionNames.map((name) => path.replace('{action}', name)) : [path];
    const methods = new Set(route.stack.map(({ method }) => method));
    return paths.flatMap((each) => [...methods].map((method) => `${method} ${each}`));
  });
};

const validator = (schema: Schema): z.ZodType => {
  const { components } = document;
  const own = '$ref' in schema ? (components.schemas['Problem'] ?? {}) : schema;
  return z.fromJSONSchema(own);
};

const answerOf = (method: string, path: string, status: number): z.ZodType => {
  const response = document.paths[path]?.[method]?.responses[String(status)];
  const schema = response?.content['application/json']?.schema;
  if (schema === undefined) throw new Error(`nothing is said of ${status} of ${method} ${path}`);
  return validator(schema);
};

it('names every route that there is, and no other', () => {
  const told = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method} ${path}`),
  );
  expect([...told].sort()).toEqual([...routes()].sort());
  expect([document.openapi, document.info.version]).toEqual(['3.1.0', '0.0.0']);
});

it('gives each operation a name of its own, and each part of its path a parameter', () => {
  const all = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ path, operation })),
  );
  const ids = all.map(({ operation }) => operation.operationId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { path, operation } of all) {
    const inPath = operation.parameters.filter((each) => each.in === 'path').map(({ name }) => `{${name}}`);
    expect(path.match(/\{\w+\}/g) ?? []).toEqual(inPath);
  }
});

describe('what is really answered is what it says:', () => {
  it.each([
    ['/api/v1/releases', '/api/v1/releases'],
    ['/api/v1/releases/{name}', '/api/v1/releases/app'],
    ['/api/v1/releases/{name}', '/api/v1/releases/shop'],
    ['/api/v1/releases/{name}/log', '/api/v1/releases/app/log'],
    ['/api/v1/releases/{name}/chart', '/api/v1/releases/app/chart'],
    ['/api/v1/releases/{name}/queries', '/api/v1/releases/app/queries'],
    ['/api/v1/releases/{name}/recording', '/api/v1/releases/app/recording'],
    ['/api/v1/policies', '/api/v1/policies'],
    ['/api/v1/policies/{name}/history', '/api/v1/policies/app/history'],
    ['/api/v1/policies/{name}/history', '/api/v1/policies/shop/history'],
    ['/api/v1/policies/{name}/rules', '/api/v1/policies/app/rules'],
    ['/api/v1/me', '/api/v1/me'],
    ['/api/v1/openapi.json', '/api/v1/openapi.json'],
    ['/livez', '/livez'],
    ['/readyz', '/readyz'],
  ])('%s', async (path, asked) => {
    const { body, status } = await getJson(url + asked);
    expect(status).toBe(200);
    const read = answerOf('get', path, 200).safeParse(body);
    expect(read.error?.issues ?? []).toEqual([]);
  });

  it.each(['/api/v1/releases/{name}', '/api/v1/releases/{name}/chart', '/api/v1/policies/{name}/history'])(
    'that there is nothing at %s',
    async (path) => {
      const { body, status } = await getJson(url + path.replace('{name}', 'nobody'));
      expect(status).toBe(404);
      expect(answerOf('get', path, 404).safeParse(body).error?.issues ?? []).toEqual([]);
    },
  );

  it('an order that is taken, one that is refused, and one that nobody understands', async () => {
    const path = '/api/v1/releases/{name}/pause';
    const asked = `${url}/api/v1/releases/app/pause`;
    const order = { revision: 'v1.9.0', reason: 'lunch' };
    const body = document.paths[path]?.['post']?.requestBody?.content['application/json']?.schema ?? {};
    expect(validator(body).safeParse(order).success).toBe(true);
    expect(validator(body).safeParse({ ...order, force: true }).success).toBe(false);
    for (const [sent, expected] of [
      [order, 200],
      [{ ...order, revision: 'v0' }, 409],
      [{ ...order, force: true }, 400],
    ] as const) {
      const answer = await postJson(asked, sent);
      expect(answer.status).toBe(expected);
      expect(answerOf('post', path, expected).safeParse(answer.body).error?.issues ?? []).toEqual([]);
    }
  });

  it('what an Alertmanager tells, and what it may not', async () => {
    const path = '/webhooks/alertmanager';
    const told = {
      status: 'firing',
      labels: { alertname: 'Errors' },
      startsAt: '2026-11-30T01:00:00Z',
      annotations: {},
    };
    const message = { version: '4', receiver: 'sluice', alerts: [told] };
    const body = document.paths[path]?.['post']?.requestBody?.content['application/json']?.schema ?? {};
    expect(validator(body).safeParse(message).success).toBe(true);
    expect(validator(body).safeParse({ ...message, version: '3' }).success).toBe(false);
    for (const [sent, expected] of [
      [message, 200],
      [{ ...message, version: '3' }, 400],
    ] as const) {
      const answer = await postJson(url + path, sent);
      expect(answer.status).toBe(expected);
      expect(answerOf('post', path, expected).safeParse(answer.body).error?.issues ?? []).toEqual([]);
    }
  });

  it('and a word that it does not know would be seen', () => {
    const answer = { who: 'ada', rights: ['read'], why: null };
    expect(answerOf('get', '/api/v1/me', 200).safeParse(answer).success).toBe(true);
    expect(answerOf('get', '/api/v1/me', 200).safeParse({ ...answer, rights: ['own'] }).success).toBe(false);
    expect(answerOf('get', '/api/v1/me', 200).safeParse({ ...answer, more: 1 }).success).toBe(false);
  });
});
