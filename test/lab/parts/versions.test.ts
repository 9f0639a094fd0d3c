import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { moduleFolder } from './go-part.ts';
import { versions } from './versions.ts';

const modules = [
  { name: 'etcd', module: 'go.etcd.io/etcd/server/v3', pinned: versions.etcd },
  { name: 'kubernetes', module: 'k8s.io/kubernetes', pinned: versions.kubernetes },
  { name: 'kubernetes-before', module: 'k8s.io/kubernetes', pinned: versions.kubernetesBefore },
  { name: 'istio', module: 'istio.io/istio', pinned: versions.istio },
  { name: 'helm', module: 'helm.sh/helm/v4', pinned: versions.helm },
] as const;

describe.each(modules)('the module of $name', ({ name, module, pinned }) => {
  const text = readFileSync(join(moduleFolder(name), 'go.mod'), 'utf8');

  it('requires the version that versions.ts names', () => {
    const [, version] = new RegExp(`^(?:require )?\\s*${module} (\\S+)$`, 'm').exec(text) ?? [];
    expect(version).toBe(pinned);
  });

  it('has sums', () => {
    expect(readFileSync(join(moduleFolder(name), 'go.sum'), 'utf8')).toContain(`${module} ${pinned} h1:`);
  });
});
