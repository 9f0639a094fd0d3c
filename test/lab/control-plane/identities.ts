/** Who may speak to the API server: one token and one kubeconfig for each, so that the audit log tells them apart. */
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

interface Identity {
  readonly user: string;
  readonly groups: readonly string[];
}

const everything = ['system:masters'];

/** `sluice`, `alice` and `bob` may do what the roles that a test binds to them allow, and nothing else. */
export const identities = {
  admin: { user: 'admin', groups: everything },
  'controller-manager': { user: 'system:kube-controller-manager', groups: everything },
  kubelet: { user: 'system:node:lab', groups: everything },
  istiod: { user: 'istiod', groups: everything },
  traefik: { user: 'traefik', groups: everything },
  sluice: { user: 'sluice', groups: [] },
  alice: { user: 'alice', groups: [] },
  bob: { user: 'bob', groups: [] },
} as const satisfies Record<string, Identity>;

export type Who = keyof typeof identities;

export type Tokens = Readonly<Record<Who, string>>;

const names = Object.keys(identities) as Who[];

export const makeTokens = (): Tokens =>
  Object.fromEntries(names.map((who) => [who, randomBytes(24).toString('base64url')])) as Tokens;

/** A line each: token, user, uid, groups. */
export function writeTokenFile(file: string, tokens: Tokens): void {
  const lines = names.map((who) => {
    const { user, groups } = identities[who];
    return `${tokens[who]},${user},${who},"${groups.join(',')}"\n`;
  });
  writeFileSync(file, lines.join(''), { mode: 0o600 });
}

export const kubeconfigOf = (folder: string, who: Who): string => join(folder, 'kubeconfig', who);

export interface Door {
  readonly server: string;
  /** PEM. */
  readonly ca: string;
}

export function writeKubeconfigs(folder: string, tokens: Tokens, { server, ca }: Door): void {
  for (const who of names) {
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        { name: 'lab', cluster: { server, 'certificate-authority-data': Buffer.from(ca).toString('base64') } },
      ],
      users: [{ name: who, user: { token: tokens[who] } }],
      contexts: [{ name: `lab-${who}`, context: { cluster: 'lab', user: who } }],
      'current-context': `lab-${who}`,
    };
    // JSON is YAML.
    writeFileSync(kubeconfigOf(folder, who), `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  }
}
