/** What the API server writes down: every request with its user; for writes that people and Sluice care about, what they wrote. */
import { readFileSync, writeFileSync } from 'node:fs';

const written = [
  { group: '', resources: ['services', 'configmaps', 'pods'] },
  { group: 'apps', resources: ['deployments', 'deployments/scale'] },
  { group: 'sluice.dev' },
  { group: 'networking.istio.io' },
  { group: 'gateway.networking.k8s.io' },
  { group: 'traefik.io' },
];

const policy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  omitManagedFields: true,
  rules: [
    { level: 'None', nonResourceURLs: ['*'] },
    { level: 'RequestResponse', verbs: ['create', 'update', 'patch', 'delete'], resources: written },
    { level: 'Metadata' },
  ],
};

export const writeAuditPolicy = (file: string): void => writeFileSync(file, JSON.stringify(policy));

/** One request that the server answered. */
export interface AuditEvent {
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly userAgent?: string;
  readonly objectRef?: {
    readonly resource: string;
    readonly namespace?: string;
    readonly name?: string;
    readonly subresource?: string;
  };
  readonly responseStatus?: { readonly code: number };
  readonly requestObject?: unknown;
  readonly responseObject?: unknown;
  /** RFC 3339 with microseconds. */
  readonly requestReceivedTimestamp: string;
  readonly stageTimestamp: string;
}

/** All so far, in the order in which they were answered. */
export const auditEvents = (file: string): readonly AuditEvent[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as AuditEvent);
