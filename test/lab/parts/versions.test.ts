import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { moduleFolder } from './go-part.ts';
import { versions } from './versions.ts';

const modules = {
  etcd: 'go.etcd.io/etcd/server/v3',
  kubernetes: 'k8s.io/kubernetes',
  istio: 'istio.io/istio',
  helm: 'helm.sh/helm/v4',
} as const;

describe.each(Object.entries(modules))('the module of %s', (name, module) => {
  const text = readFileSync(join(moduleFolder(name), 'go.mod'), 'utf8');

  it('requires the version that versions.ts names', () => {
    const [, version] = new RegExp(`^(?:require )?\\s*${module} (\\S+)$`, 'm').exec(text) ?? [];
    expect(version).toBe(versions[name as keyof typeof modules]);
  });

  it('has sums', () => {
    expect(readFileSync(join(moduleFolder(name), 'go.sum'), 'utf8')).toContain(
      `${module} ${versions[name as keyof typeof modules]} h1:`,
    );
  });
});
