/** Whether the checks of a policy fit what else it says: sources that they name, where they can run, whose numbers they would spoil. */
import { isMap } from '../lib/config-file/sound-parts.ts';
import type { Path } from '../lib/config-file/yaml-document.ts';
import { didYouMean } from '../lib/nearest.ts';
import { readingIssues, targetsName } from './policy-gate-readings.ts';

export interface CheckIssue {
  /** Below `spec`. */
  readonly path: Path;
  readonly message: string;
}

type Words = Readonly<Record<string, unknown>>;

const listOf = (value: unknown): readonly Words[] =>
  Array.isArray(value) ? value.map((each) => (isMap(each) ? each : {})) : [];

interface Asking {
  readonly words: Words;
  readonly path: Path;
}

const askingOf = ({ backup, ...spec }: Words): readonly Asking[] => [
  ...(['checks', 'gates'] as const).flatMap((word) =>
    listOf(spec[word]).map((words, index) => ({ words, path: [word, index] })),
  ),
  ...(isMap(backup) && isMap(backup['hook']) ? [{ words: backup['hook'], path: ['backup', 'hook'] }] : []),
];

/** What asks an address: `http` of a check or a gate, and `health`. */
const hooksOf = (spec: Words): readonly Asking[] =>
  askingOf(spec).flatMap(({ path, words }) =>
    (['http', 'health'] as const).flatMap((word) => {
      const hook = words[word];
      return isMap(hook) ? [{ words: hook, path: [...path, word] }] : [];
    }),
  );

/** Of a policy file: what needs a cluster is refused here. */
export function fileCheckIssues(spec: Words): readonly CheckIssue[] {
  const jobs = askingOf(spec).flatMap(({ path, words }) =>
    words['job'] === undefined
      ? []
      : [{ path: [...path, 'job'], message: 'job needs a cluster: it runs a Kubernetes Job; ask with http here' }],
  );
  const hooks = hooksOf(spec).flatMap(({ path, words }) => [
    ...(words['to'] === undefined
      ? []
      : [{ path: [...path, 'to'], message: 'to names an address of an operator in a cluster; write it as url here' }]),
    ...(isMap(words['sign']) && words['sign']['secret'] !== undefined
      ? [
          {
            path: [...path, 'sign', 'secret'],
            message: 'secret needs a cluster; write { file: PATH } or { env: NAME }',
          },
        ]
      : []),
  ]);
  const images = listOf(spec['gates']).flatMap(({ image }, index) =>
    image === undefined ? [] : [{ path: ['gates', index, 'image'], message: noImages }],
  );
  return [...jobs, ...hooks, ...images, ...commonIssues(spec, isMap(spec['sources']) ? spec['sources'] : {})];
}

const noImages =
  'image needs a cluster: what runs here has none; let whoever built it post a result, and write attested: {}';

export interface Operated {
  /** What the operator's settings define, by name. */
  readonly sources: Words;
  readonly hooks: Words;
  /** Those of the namespace that may sign: what is signed tells of the key, and goes where the policy says. */
  readonly signingSecrets: readonly string[];
}

/** Of a policy in a cluster: addresses and keys are the operator's, or lie in the cluster. */
export function clusterCheckIssues(spec: Words, { hooks, signingSecrets, sources }: Operated): readonly CheckIssue[] {
  const strange = hooksOf(spec).flatMap(({ path, words }) => [
    ...ownAddress(words).map((message) => ({ path: [...path, 'url'], message })),
    ...unknownServer(words, Object.keys(hooks)).map((message) => ({ path: [...path, 'to'], message })),
    ...hostHeader(words).map((message) => ({ path: [...path, 'headers'], message })),
    ...ownKey(words).map((message) => ({ path: [...path, 'sign'], message })),
    ...unnamedSecret(words, signingSecrets).map((message) => ({ path: [...path, 'sign', 'secret'], message })),
  ]);
  return [...strange, ...commonIssues(spec, sources)];
}

const ownAddress = ({ url }: Words): readonly string[] =>
  typeof url !== 'string' || /^\{(canary|stable)\}/.test(url)
    ? []
    : [
        "is not a policy's to say in a cluster, but for {canary} and {stable}: addresses stand in the operator's settings under hooks; write { to: NAME, path: /PATH }",
      ];

function unknownServer({ to }: Words, known: readonly string[]): readonly string[] {
  if (typeof to !== 'string' || known.includes(to)) return [];
  const list = known.length === 0 ? 'none at all' : known.join(', ');
  return [`"${to}" is none of the hooks in the operator's settings; there is ${list}${didYouMean(to, known)}`];
}

/** One server may answer for many hosts: which one is meant is part of the address. */
const hostHeader = ({ headers }: Words): readonly string[] =>
  isMap(headers) && Object.keys(headers).some((name) => name.toLowerCase() === 'host')
    ? ["has Host, which is a part of the address and the operator's to say"]
    : [];

const ownKey = ({ sign }: Words): readonly string[] =>
  isMap(sign) && sign['secret'] === undefined && (sign['file'] !== undefined || sign['env'] !== undefined)
    ? ["would read from the controller's own files and environment; in a cluster write { secret: NAME, key: KEY }"]
    : [];

function unnamedSecret({ sign }: Words, named: readonly string[]): readonly string[] {
  const secret = isMap(sign) ? sign['secret'] : undefined;
  if (typeof secret !== 'string' || named.includes(secret)) return [];
  const list = named.length === 0 ? 'none at all' : named.join(', ');
  return [
    `"${secret}" is none of the Secrets that the operator's settings let sign (checks.secrets of the chart names them); there is ${list}${didYouMean(secret, named)}`,
  ];
}

/** Of any policy. `sources`: those that it may name. */
function commonIssues(spec: Words, sources: Words): readonly CheckIssue[] {
  const checks = listOf(spec['checks']);
  return [
    ...checks.flatMap((check, index) =>
      sourceIssue(check, sources).map((message) => ({ path: ['checks', index, 'alertmanager', 'source'], message })),
    ),
    ...checks.flatMap((check, index) =>
      loadIssue(check, spec).map((message) => ({ path: ['checks', index, 'load'], message })),
    ),
    ...(['checks', 'gates'] as const).flatMap((word) =>
      listOf(spec[word]).flatMap((check, index) =>
        observeIssue(check, spec).map((message) => ({ path: [word, index, 'name'], message })),
      ),
    ),
    ...gateIssues(spec, sources),
    ...namedTwice(checks, listOf(spec['gates'])),
  ];
}

const sourceIssue = ({ alertmanager }: Words, sources: Words): readonly string[] => {
  const name = isMap(alertmanager) ? alertmanager['source'] : undefined;
  if (typeof name !== 'string') return [];
  const known = Object.keys(sources).filter((each) => isMap(sources[each]) && 'alertmanager' in sources[each]);
  if (known.includes(name)) return [];
  const list = known.length === 0 ? 'there is none' : `there is ${known.join(', ')}`;
  return [`"${name}" is no alertmanager among the sources; ${list}${didYouMean(name, known)}`];
};

/** What Sluice sends itself must not be counted among what users send. */
const loadIssue = ({ load }: Words, { metrics }: Words): readonly string[] => {
  const preset = isMap(metrics) ? (metrics['preset'] ?? 'app') : 'app';
  if (load === undefined || preset !== 'app') return [];
  return [
    "load would be counted among users' requests: the application counts all that it gets; judge by what splits the traffic (metrics.preset proxy, envoy, istio, istio-envoy, traefik, haproxy)",
  ];
};

const observeIssue = (check: Words, { mode }: Words): readonly string[] =>
  mode !== 'observe' ||
  check['health'] !== undefined ||
  check['alertmanager'] !== undefined ||
  (check['http'] === undefined && check['load'] === undefined && check['job'] === undefined)
    ? []
    : ['mode observe changes nothing and calls no hook; only health and alertmanager are asked'];

function gateIssues({ gates, metrics }: Words, sources: Words): readonly CheckIssue[] {
  const all = listOf(gates);
  const chosen = isMap(metrics) ? metrics : {};
  const given = (word: string): string | undefined => (typeof chosen[word] === 'string' ? chosen[word] : undefined);
  const maps = Object.fromEntries(Object.entries(sources).map(([name, words]) => [name, isMap(words) ? words : {}]));
  const scene = { metrics: { source: given('source') ?? '', fallback: given('fallback') }, sources: maps };
  return all.flatMap((gate, index) =>
    readingIssues(gate, scene).map(({ message, word }) => ({ path: ['gates', index, word], message })),
  );
}

function namedTwice(checks: readonly Words[], gates: readonly Words[]): readonly CheckIssue[] {
  const own = gates.map(({ name }) => name);
  const made = gates.flatMap(({ check, name }) =>
    check === 'monitoring' && typeof name === 'string' ? [targetsName(name)] : [],
  );
  const twice = (part: 'checks' | 'gates', taken: readonly unknown[]): readonly CheckIssue[] =>
    (part === 'checks' ? checks : gates).flatMap(({ name }, index) =>
      typeof name === 'string' && taken.includes(name)
        ? [
            {
              path: [part, index, 'name'],
              message: `"${name}" is the name of a gate, too: an override could not tell them apart`,
            },
          ]
        : [],
    );
  return [...twice('checks', [...own, ...made]), ...twice('gates', made)];
}
