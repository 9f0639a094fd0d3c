/** Whether the checks of a policy fit what else it says: sources that they name, where they can run, whose numbers they would spoil. */
import { isMap } from '../lib/config-file/sound-parts.ts';
import type { Path } from '../lib/config-file/yaml-document.ts';
import { didYouMean } from '../lib/nearest.ts';

export interface CheckIssue {
  /** Below `spec`. */
  readonly path: Path;
  readonly message: string;
}

type Words = Readonly<Record<string, unknown>>;

const listOf = (value: unknown): readonly Words[] =>
  Array.isArray(value) ? value.map((each) => (isMap(each) ? each : {})) : [];

/** Of a policy file: what needs a cluster is refused here. */
export function checkIssues(spec: Words): readonly CheckIssue[] {
  const all = (['checks', 'gates'] as const).flatMap((word) =>
    listOf(spec[word]).map((check, index) => ({ check, path: [word, index] as const })),
  );
  const needCluster = all.flatMap(({ check, path }) =>
    check['job'] === undefined
      ? []
      : [{ path: [...path, 'job'], message: 'job needs a cluster: it runs a Kubernetes Job; ask with http here' }],
  );
  return [...needCluster, ...commonIssues(spec, isMap(spec['sources']) ? spec['sources'] : {})];
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
    ...checks.flatMap((check, index) =>
      observeIssue(check, spec).map((message) => ({ path: ['checks', index, 'name'], message })),
    ),
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
    "load would be counted among users' requests: the application counts all that it gets; judge by what splits the traffic (metrics.preset proxy, envoy, istio, traefik, haproxy)",
  ];
};

const observeIssue = (check: Words, { mode }: Words): readonly string[] =>
  mode !== 'observe' ||
  check['health'] !== undefined ||
  check['alertmanager'] !== undefined ||
  (check['http'] === undefined && check['load'] === undefined && check['job'] === undefined)
    ? []
    : ['mode observe changes nothing and calls no hook; only health and alertmanager are asked'];

const namedTwice = (checks: readonly Words[], gates: readonly Words[]): readonly CheckIssue[] =>
  checks.flatMap(({ name }, index) =>
    gates.some((gate) => gate['name'] === name && typeof name === 'string')
      ? [
          {
            path: ['checks', index, 'name'],
            message: `"${String(name)}" is the name of a gate, too: an override could not tell them apart`,
          },
        ]
      : [],
  );
