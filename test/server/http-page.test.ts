import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import express from 'express';
import { describe, expect, it } from 'vitest';
import { setStrictHeaders } from '../../src/server/http-guard.ts';
import { addPage } from '../../src/server/http-page.ts';
import { call } from '../support/http-call.ts';
import { served } from '../support/served-app.ts';
import { tempDir } from '../support/temp-dir.ts';

const builtPage = async (): Promise<string> => {
  const root = join(await tempDir(), 'page');
  await mkdir(join(root, 'assets'), { recursive: true });
  await writeFile(join(root, 'index.html'), '<!doctype html><script type="module" src="./assets/index-a1B2c3D4.js">');
  await writeFile(join(root, 'assets', 'index-a1B2c3D4.js'), 'console.log(1)');
  await writeFile(join(root, '.secret'), 'no');
  await writeFile(join(root, '..', 'token'), 'no');
  return root;
};

const pageAt = async (root: string): Promise<string> => {
  const app = express();
  app.use(setStrictHeaders);
  addPage(app, root);
  return served(app);
};

describe('the page', () => {
  it('is answered with a policy that lets nothing from elsewhere, and nothing inline, run', async () => {
    const url = await pageAt(await builtPage());
    const { headers, status } = await call(`${url}/`);
    expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    expect(headers['content-security-policy']).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
      'cache-control': 'no-cache',
    });
  });

  it('has files whose names say what is in them: they are kept for ever', async () => {
    const url = await pageAt(await builtPage());
    const { headers, status } = await call(`${url}/assets/index-a1B2c3D4.js`);
    expect([status, headers['content-type']]).toEqual([200, 'text/javascript; charset=utf-8']);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
  });

  it.each(['/.secret', '/../token', '/%2e%2e/token', '/assets', '/assets/', '/nothing.js'])(
    'has nothing at %s',
    async (path) => {
      const url = await pageAt(await builtPage());
      const answer = await call(url, { path });
      expect(answer.status).toBe(404);
      expect(answer.headers.location).toBeUndefined();
    },
  );

  it('says how it is built where it is not', async () => {
    const url = await pageAt(join(await tempDir(), 'none'));
    const { body, headers, status } = await call(`${url}/`);
    expect([status, headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(body).toContain('npm run build');
    expect(body).toContain('/api/v1/releases');
  });
});
