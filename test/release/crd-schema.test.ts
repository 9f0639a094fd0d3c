import { describe, expect, it } from 'vitest';
import { definitions } from '../../src/release/crd-schema.ts';
import { kubernetesSpec } from '../../src/release/policy-cluster.ts';
import { aClusterSpec } from '../support/cluster-policy.ts';

interface Node {
  readonly [word: string]: unknown;
}

interface Spec {
  readonly names: { readonly shortNames: readonly string[] };
  readonly versions: readonly {
    readonly schema: { readonly openAPIV3Schema: Node };
    readonly additionalPrinterColumns: readonly { readonly name: string; readonly jsonPath: string }[];
  }[];
}

const specs = definitions().map(({ spec }) => spec as Spec);

/** Each schema in it, with its path. */
function* nodesOf(node: Node, path = ''): Generator<readonly [string, Node]> {
  yield [path, node];
  for (const [name, inner] of Object.entries((node['properties'] ?? {}) as Record<string, Node>)) {
    yield* nodesOf(inner, `${path}.${name}`);
  }
  for (const word of ['items', 'additionalProperties']) {
    if (node[word] !== undefined) yield* nodesOf(node[word] as Node, `${path}[]`);
  }
}

const all = specs.flatMap(({ versions }) => [...nodesOf(versions[0]?.schema.openAPIV3Schema ?? {})]);

/** What the server knows in a structural schema, of all that ours use. */
const known = new Set([
  'type',
  'description',
  'properties',
  'required',
  'items',
  'additionalProperties',
  'enum',
  'pattern',
  'format',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'x-kubernetes-validations',
  'x-kubernetes-preserve-unknown-fields',
  'x-kubernetes-int-or-string',
]);

describe('the definitions of the objects', () => {
  it('have nothing in their schemas that a structural one has not', () => {
    for (const [path, node] of all) {
      expect(
        Object.keys(node).filter((word) => !known.has(word)),
        path,
      ).toEqual([]);
      expect('properties' in node && 'additionalProperties' in node, path).toBe(false);
    }
    expect(all.length).toBeGreaterThan(100);
  });

  it('give each value a type, or say that it has several', () => {
    const free = ['x-kubernetes-int-or-string', 'x-kubernetes-preserve-unknown-fields'];
    const untyped = all.filter(([, node]) => node['type'] === undefined && !free.some((word) => node[word] === true));
    expect(untyped.map(([path]) => path)).toEqual([]);
  });

  it('bound what rules in CEL go over, so that their cost is bounded', () => {
    const steps = all.find(([path]) => path === '.spec.plan.steps')?.[1];
    expect(steps).toMatchObject({ type: 'array', maxItems: 50 });
  });

  it.each([
    ['.spec.traffic', 'needs exactly one of istio, gatewayApi, traefik, jsonPatch'],
    ['.spec.traffic.gatewayApi', 'needs exactly one of httpRoute, grpcRoute'],
    ['.spec.traffic.istio', 'needs exactly one of services, subsets'],
    ['.spec.rules', 'needs exactly one of configMap, inline'],
    ['.spec.plan', 'the weights of the steps must rise'],
  ])('say in CEL what the words of %s must be together', (path, message) => {
    const node = all.find(([each]) => each === path)?.[1];
    const rules = node?.['x-kubernetes-validations'] as readonly { readonly message: string }[];
    expect(rules.map((rule) => rule.message)).toContain(message);
  });

  it('have short names of three letters and more, and columns that say where it stands', () => {
    for (const { names } of specs) for (const name of names.shortNames) expect(name.length).toBeGreaterThanOrEqual(3);
    const columns = specs[1]?.versions[0]?.additionalPrinterColumns.map(({ name }) => name.toUpperCase());
    expect(columns).toEqual(['PHASE', 'STEP', 'WEIGHT', 'OBSERVED', 'VERDICT', 'MESSAGE', 'AGE']);
  });
});

describe('the spec of a policy in a cluster', () => {
  it('has the words of a policy file, but for what lies in the cluster', () => {
    expect(kubernetesSpec.safeParse(aClusterSpec).error?.issues).toBeUndefined();
  });

  it.each([
    ['a source of its own', { sources: { main: {} } }],
    [
      'two ways to split',
      {
        traffic: {
          istio: {
            virtualService: 'app',
            services: { stable: 'a', canary: 'b' },
            subsets: { host: 'a', stable: 'a', canary: 'b' },
          },
        },
      },
    ],
    ['no deployment', { target: {} }],
    ['a name that is none', { target: { deployment: 'App' } }],
    ['a rule file beside this one', { rules: { file: 'rules.yaml' } }],
    ['an address to tell', { notify: [{ webhook: { url: 'http://x' } }] }],
  ])('refuses %s', (_what, change) => {
    expect(kubernetesSpec.safeParse({ ...aClusterSpec, ...change }).success).toBe(false);
  });
});
