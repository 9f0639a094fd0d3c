/** What is wrong with a kubeconfig was said with the lines around it, and the token stood in one of them. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openAccess } from '../../src/kube/access.ts';
import { tempDir } from '../support/temp-dir.ts';

it('says where it is broken, and nothing of what stands there', async () => {
  const path = join(await tempDir(), 'config');
  writeFileSync(path, 'users:\n- name: ada\n  user:\n    token: canary-kube-7f3a9c51e2\n   broken: [\n');
  const opened = openAccess({ kind: 'file', path });
  if (opened.ok) throw new Error('it can be used');
  expect(opened.error.message).toMatch(/bad indentation .*\(5:4\)$/);
  expect(opened.error.message).not.toContain('7f3a9c51e2');
});
