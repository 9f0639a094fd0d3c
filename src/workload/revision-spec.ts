/** What a revision is made of: instances that exist already, a command that Sluice starts, hosts that commands put it on, or pods of a cluster. */

export type RevisionSpec = LocalSpec | PodsSpec;

/** What a controller on this machine runs, or finds running. */
export type LocalSpec = EndpointsSpec | CommandSpec | HostsSpec;

export interface EndpointsSpec {
  readonly kind: 'endpoints';
  readonly urls: readonly string[];
  readonly healthPath: string | null;
}

export interface CommandSpec {
  readonly kind: 'command';
  /** Program and arguments; `{port}` in them becomes the instance's port, which is in `PORT`, too. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Null: the controller's own. */
  readonly cwd: string | null;
  readonly healthPath: string | null;
  readonly replicas: number;
}

/** Machines that serve one revision each; a command puts another one in its place. */
export interface HostsSpec {
  readonly kind: 'hosts';
  readonly hosts: readonly { readonly name: string; readonly url: string }[];
  readonly commands: HostCommands;
  /** What is installed: a file, an image, a tag; in `SLUICE_ARTEFACT`. Null: the revision's name says it. */
  readonly artefact: string | null;
  readonly env: Readonly<Record<string, string>>;
  /** Null: the controller's own. */
  readonly cwd: string | null;
  readonly healthPath: string | null;
  /** Hosts that it runs on once it is stable. */
  readonly replicas: number;
}

/** Program and arguments each; `{host}`, `{revision}`, `{artefact}` and `{url}` in them are filled in. */
export interface HostCommands {
  /** Puts the revision on a host that serves nobody. */
  readonly deploy: readonly string[];
  /** Instead of `deploy` where the host served another revision until now. */
  readonly promote: readonly string[] | null;
  /** Instead of `deploy` where the host gets back what it ran before. */
  readonly rollback: readonly string[] | null;
  /** Takes the revision off a host that is left to nobody; null: it stays there, without traffic. */
  readonly remove: readonly string[] | null;
  /** Of one run, and of the wait for the host's health after it. */
  readonly timeoutMs: number;
  /** Tries after the first that failed, before a host is given up for a minute. */
  readonly retries: number;
  /** Between a host's last new request and a command that changes it. */
  readonly drainMs: number;
}

/** A pod template of a Deployment, as it was when the revision was cut. */
export interface PodsSpec {
  readonly kind: 'pods';
  /** As the API server tells it, without what others track their objects by. */
  readonly template: Readonly<Record<string, unknown>>;
  /** ConfigMaps that it names and that are delivered with it: pods get copies of theirs of that moment. */
  readonly config: readonly string[];
  /** Pods that it runs with once it is stable. */
  readonly replicas: number;
}
