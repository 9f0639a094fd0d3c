/** What a revision is made of, embedded mode: instances that exist already, or a command that Sluice starts. */

export type RevisionSpec = EndpointsSpec | CommandSpec;

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
