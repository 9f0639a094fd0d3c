/** How the things outside are asked, as a policy says it: everything that an adapter needs, and nothing that is stored with a release. */
import type { SecretRef } from '../lib/secret/secret-ref.ts';
import type { CheckDemand } from './check-demand.ts';
import type { Limit } from './comparison.ts';
import type { HookServer } from './hook-server.ts';

export interface CheckSpec extends CheckDemand {
  readonly ask: AskSpec;
}

export type AskSpec = HttpAskSpec | AlertmanagerAskSpec | JobAskSpec | LoadAskSpec | QueryAskSpec | TargetsAskSpec;

export interface HttpAskSpec {
  readonly kind: 'http';
  /** Address with placeholders: see checks/placeholders.ts. */
  readonly url: string;
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT';
  /** Status codes that are good. */
  readonly status: readonly number[];
  /** What the body must hold; null: it is not looked at. */
  readonly body:
    | { readonly kind: 'contains'; readonly text: string }
    | { readonly kind: 'matches'; readonly pattern: string }
    | null;
  /** Longest time that an answer may take and still be good; null: the time-out. */
  readonly withinMs: number | null;
  /** Tries after the first one. */
  readonly retries: number;
  /** Of each try, to the last byte. */
  readonly timeoutMs: number;
  readonly headers: Readonly<Record<string, string>>;
  /** What the operator says of the address, which then is his; null: the policy says it all. */
  readonly server: HookServer | null;
  /** Where the key is that signs what is sent; null: it is not signed. */
  readonly key: KeyRef | null;
  /** The release as a CloudEvent 1.0 in the body. */
  readonly event: 'none' | 'structured' | 'binary';
}

/** Of a Secret of the policy's namespace, in a cluster; elsewhere of a file or the environment. */
export type KeyRef = SecretRef | { readonly from: 'secret'; readonly name: string; readonly key: string };

export interface AlertmanagerAskSpec {
  readonly kind: 'alertmanager';
  /** Key of the policy's sources; null: only what its webhook told. */
  readonly source: string | null;
  /** Labels that an alert must have to count. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface JobAskSpec {
  readonly kind: 'job';
  /** CronJob whose template the Job is made from, in the policy's namespace. */
  readonly cronJob: string;
  /** Of all tries together. */
  readonly timeoutMs: number;
  /** Pods after the first one that may fail. */
  readonly retries: number;
}

export interface LoadAskSpec {
  readonly kind: 'load';
  readonly path: string;
  readonly perSecond: number;
  readonly forMs: number;
  /** Of each request. */
  readonly timeoutMs: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Largest part of the requests that may fail. */
  readonly maxFailed: number;
}

export interface QueryAskSpec extends Limit {
  readonly kind: 'query';
  /** Key of the policy's sources: a prometheus. */
  readonly source: string;
  /** Each series of it has to keep the limit; with placeholders. */
  readonly promql: string;
}

export interface TargetsAskSpec {
  readonly kind: 'targets';
  /** Key of the policy's sources: a prometheus. */
  readonly source: string;
  readonly select: /** Series whose value 1 says that a target is up; with placeholders. */
    | { readonly by: 'selector'; readonly selector: string }
    /** Every ready instance has a target, under this label. */
    | { readonly by: 'instance'; readonly label: string };
  /** null: all that there are. */
  readonly atLeast: number | null;
}
