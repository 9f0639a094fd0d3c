/** The OpenAPI 3.1 document of the server, made from the schemas that read and describe its JSON. */
import { z } from 'zod';
import { problem } from './answers.ts';
import type { Documented } from './documented.ts';
import { documented } from './routes.ts';

type Json = Readonly<Record<string, unknown>>;

const meaning: Readonly<Record<number, string>> = {
  400: 'The request is not accepted: the message says what is wrong with it.',
  401: 'A bearer token is wanted.',
  403: 'The right is missing (the message names it), or the request comes from a page of another site.',
  404: 'There is nothing by that name.',
  409: 'The present state does not allow it, or the order names another revision.',
  413: 'The body is larger than 64 KiB.',
  415: 'The body is not sent as JSON.',
  421: 'Without a token this server answers to localhost only.',
  503: 'Not now: try again.',
};

/** `version`: of the program. */
export const openApiDocument = (version: string): Json => ({
  openapi: '3.1.0',
  info: {
    title: 'Sluice',
    version,
    description: 'The HTTP API of a Sluice controller. Unknown words in answers are to be ignored.',
  },
  security: [{}, { bearer: [] }],
  paths: Object.fromEntries(
    Object.entries(Object.groupBy(documented, ({ path }) => path)).map(([path, routes = []]) => [
      path,
      Object.fromEntries(routes.map((route) => [route.method, operation(route)])),
    ]),
  ),
  components: {
    securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    schemas: { Problem: schemaOf(problem) },
  },
});

const operation = ({
  alsoAs = [],
  answer,
  body,
  failures,
  headers = {},
  method,
  open,
  path,
  query = {},
  summary,
}: Documented): Json => ({
  operationId: `${method}${path.replaceAll(/[^a-zA-Z0-9]+(.)?/g, (_all, next: string | undefined) => (next ?? '').toUpperCase())}`,
  summary,
  ...(open === true ? { security: [{}] } : {}),
  parameters: [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => parameter('path', name, named)),
    ...Object.entries(query).map(([name, description]) => parameter('query', name, description)),
    ...Object.entries(headers).map(([name, description]) => parameter('header', name, description)),
  ],
  ...(body === undefined
    ? {}
    : { requestBody: { required: true, content: { 'application/json': { schema: schemaOf(body) } } } }),
  responses: {
    200: {
      description: 'As asked.',
      content: Object.fromEntries([answer, ...alsoAs].flatMap((form) => Object.entries(contentOf(form)))),
    },
    ...Object.fromEntries(
      [...new Set([...failures, ...(open === true ? [] : [401, 403, 421])])].map((status) => [
        status,
        failure(status, answer, open),
      ]),
    ),
    default: { description: 'What nobody thought of; the log says more.', content: problemContent },
  },
});

const named = 'an id, the beginning of one, or the name of a policy';

const parameter = (where: 'path' | 'query' | 'header', name: string, description: string): Json => ({
  in: where,
  name,
  description,
  required: where === 'path',
  schema: { type: 'string' },
});

const problemContent = { 'application/json': { schema: { $ref: '#/components/schemas/Problem' } } };

/** A probe says in its own words what is missing. */
const failure = (status: number, answer: Documented['answer'], open: true | undefined): Json => ({
  description: meaning[status] ?? '',
  content: open === true ? contentOf(answer) : problemContent,
});

const contentOf = (answer: Documented['answer']): Json =>
  typeof answer === 'string'
    ? { [answer]: { schema: { type: 'string' } } }
    : { 'application/json': { schema: schemaOf(answer) } };

const schemaOf = (schema: z.ZodType): Json => {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'inline',
  });
  return json;
};
