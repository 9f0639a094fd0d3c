/** What is run for a host: the words of its command with the names filled in, and the environment. */
import type { HostAction, HostRecord } from './host-record.ts';
import type { RunSpec } from './host-run.ts';
import type { HostsSpec } from './revision-spec.ts';

interface Asked {
  readonly action: HostAction;
  readonly revision: string;
  readonly spec: HostsSpec;
  readonly attempt: number;
}

/** No shell reads the words: what is filled in stays one of them, whatever is in it. */
export function hostCommand(
  { before, name, url }: HostRecord,
  { action, attempt, ...what }: Asked,
): Omit<RunSpec, 'id'> {
  const { revision, spec } = what;
  const { commands, cwd } = spec;
  const artefact = spec.artefact ?? revision;
  const names: Readonly<Record<string, string>> = { host: name, revision, artefact, url };
  const fill = (word: string): string =>
    word.replaceAll(/\{(host|revision|artefact|url)\}/g, (_, key: string) => names[key] ?? '');
  return {
    command: (commands[action] ?? commands.deploy).map(fill),
    env: {
      ...spec.env,
      SLUICE_ACTION: action,
      SLUICE_HOST: name,
      SLUICE_URL: url,
      SLUICE_REVISION: revision,
      SLUICE_ARTEFACT: artefact,
      SLUICE_BEFORE: before ?? '',
      SLUICE_ATTEMPT: String(attempt),
    },
    cwd,
    title: `${action} of ${revision} on ${name}, try ${attempt}, ${new Date().toISOString()}`,
  };
}
