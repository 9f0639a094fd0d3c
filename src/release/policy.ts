/** How a service is delivered: what a policy file says, after its words were understood. */
import type { ListenAddress } from '../lib/listen-address.ts';
import type { ArmLabels, OwnLabels } from '../rules/arm-labels.ts';
import type { RequestPreset } from '../rules/request-metrics.ts';
import type { RuleSet } from '../rules/rule.ts';
import type { JudgeSettings } from '../verdict/settings.ts';
import type { LocalSpec } from '../workload/revision-spec.ts';
import type { ApprovalDemand } from './approval-demand.ts';
import type { CheckSpec } from './check-spec.ts';
import type { Contacts } from './contacts.ts';
import type { GateDemand } from './gate-demand.ts';
import type { Links, NotifyTarget } from './notify-target.ts';
import type { Plan } from './plan.ts';
import type { FileBackup } from './policy-backup.ts';
import type { ProxySettings } from './policy-built-in.ts';
import type { Task } from './task.ts';

export interface Policy {
  readonly name: string;
  /** Shown beside the name; `default` where the file has none. */
  readonly namespace: string;
  /** The file it was read from, as it was named. */
  readonly file: string;
  readonly target: Target;
  readonly traffic: Traffic;
  /** By name; `metrics` says which one judges. */
  readonly sources: Readonly<Record<string, SourceSpec>>;
  readonly metrics: MetricsChoice;
  readonly rules: RulesChoice;
  readonly plan: Plan;
  /** Everything but the number of rules, which the rule set gives. */
  readonly judge: Omit<JudgeSettings, 'rules'>;
  readonly mode: 'enforce' | 'advise' | 'observe';
  /** What must be so before a release gets traffic. */
  readonly gates: readonly GateDemand[];
  /** What is kept before a release changes anything; null: nothing. */
  readonly backup: FileBackup | null;
  /** What people must say before a release gets traffic. */
  readonly approvals: readonly ApprovalDemand[];
  /** What is asked outside on a release's way, hooks among the gates included. */
  readonly checks: readonly CheckSpec[];
  /** What people do afterwards. */
  readonly tasks: readonly Task[];
  readonly notify: readonly NotifyTarget[];
  readonly contacts: Contacts;
  readonly links: Links;
}

/** Stable as it runs when the policy is loaded first: the revision that every later one is measured against. */
export interface Target {
  /** Name of that revision; a hash of `spec` where the file gives none. */
  readonly revision: string;
  readonly spec: LocalSpec;
}

/** Who splits the traffic. */
export type Traffic = ProxyTraffic | HaproxyTraffic;

export interface ProxyTraffic {
  readonly kind: 'proxy';
  readonly listen: ListenAddress;
  /** As the proxy takes them: only what the file says, the rest has the proxy's defaults. */
  readonly settings: ProxySettings;
}

export interface HaproxyTraffic {
  readonly kind: 'haproxy';
  /** Runtime APIs, one a process: a path of a UNIX socket, or `host:port`. A weight counts when all have it. */
  readonly endpoints: readonly string[];
  /** Name of the backend in haproxy.cfg, and of its servers for each version. */
  readonly backend: string;
  readonly servers: { readonly stable: readonly string[]; readonly canary: readonly string[] };
  /** Its configuration file, to be checked before a release; null: only what the runtime API tells is. Absolute. */
  readonly config: string | null;
  /** Pages of their own exporters, to be read directly; none: a metric source has their numbers. */
  readonly exporters: readonly string[];
}

export type SourceSpec =
  | {
      readonly kind: 'prometheus' | 'alertmanager';
      readonly url: string;
      /** How often it is asked. */
      readonly intervalMs: number;
      /** Deadline of one whole request. */
      readonly timeoutMs: number;
      readonly headers: Readonly<Record<string, string>>;
      /** File with a bearer token, read anew when it changes; null: none. Absolute. */
      readonly tokenFile: string | null;
      /** File with the certificate authority to trust; null: the system's. Absolute. */
      readonly caFile: string | null;
    }
  | {
      readonly kind: 'scrape';
      /** Path of each instance's metrics. */
      readonly path: string;
      readonly intervalMs: number;
      /** Deadline of one whole request. */
      readonly timeoutMs: number;
    };

export interface MetricsChoice {
  /** Key of `sources`. */
  readonly source: string;
  /** Key of `sources` that judges while `source` does not answer; null: none. */
  readonly fallback: string | null;
  /** Key of `sources` that rules with `alert` ask; null: `source`. */
  readonly alerts: string | null;
  /** Whose counters the names of the rules mean. */
  readonly preset: RequestPreset;
  /** Whose gauges cpu_usage, memory_usage and disk_usage mean. */
  readonly resources: 'host' | 'cadvisor';
  /**
   * Labels that tell the instances apart, as templates: `$instance` (host:port), `$revision`, `$backend` (stable | canary).
   * Metrics that Sluice itself produces have labels of their own: see rules/arm-labels.ts.
   */
  readonly labels: ArmLabels;
  /** Metrics of the load balancer that splits the traffic: they tell the versions apart by its own servers. */
  readonly own: readonly OwnLabels[];
}

export type RulesChoice =
  /** `path` is resolved from the policy file's folder. `noCritical`: a set without a critical rule is accepted. */
  | { readonly kind: 'file'; readonly path: string; readonly noCritical: 'refused' | 'accepted' }
  | { readonly kind: 'inline'; readonly set: RuleSet };
