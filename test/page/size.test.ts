/** What a browser has to load before it shows anything. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { build } from 'vite';
import { beforeAll, describe, expect, it } from 'vitest';
import { suiteEnd } from '../support/at-end.ts';
import { tempDir } from '../support/temp-dir.ts';

const mostBytes = 150 * 1_024;

describe('the built page', () => {
  const atEnd = suiteEnd();
  let folder: string;

  beforeAll(async () => {
    folder = await tempDir(atEnd);
    await build({ configFile: '.vite.config.mjs', logLevel: 'silent', build: { outDir: folder } });
  });

  const files = (): readonly string[] => readdirSync(folder, { recursive: true, encoding: 'utf8' });

  it('has at most 150 KiB of script, gzipped', () => {
    const scripts = files().filter((name) => name.endsWith('.js'));
    expect(scripts).toHaveLength(1);
    const bytes = scripts.map((name) => gzipSync(readFileSync(join(folder, name))).length);
    expect(bytes[0]).toBeLessThan(mostBytes);
  });

  it('has nothing inline and nothing from elsewhere, as its content policy demands', () => {
    const document = readFileSync(join(folder, 'index.html'), 'utf8');
    expect(document).not.toMatch(/<style|\sstyle=|<script(?![^>]*\ssrc=)|\son[a-z]+=|https?:|data:/);
    const sheet = files().find((name) => name.endsWith('.css')) ?? '';
    expect(readFileSync(join(folder, sheet), 'utf8')).not.toMatch(/url\(|@import/);
  });
});
