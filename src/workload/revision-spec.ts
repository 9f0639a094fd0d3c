/** What a revision is made of, embedded mode: instances that exist already, or a command that Sluice starts. */

export type RevisionSpec =
  | { readonly kind: 'endpoints'; readonly urls: readonly string[]; readonly healthPath: string | null }
  | {
      readonly kind: 'command';
      readonly command: readonly string[];
      readonly env: Readonly<Record<string, string>>;
      readonly cwd: string | null;
      readonly healthPath: string | null;
      readonly replicas: number;
    };
