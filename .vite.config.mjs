/** How the page is built: plain files below dist/page that a strict content policy lets run, nothing inline, nothing from elsewhere. */
import { defineConfig } from 'vite';

export default defineConfig({
  root: 'src/page',
  base: './',
  publicDir: 'public',
  build: {
    outDir: '../../dist/page',
    emptyOutDir: true,
    // A `data:` address is refused by the content policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2022',
    reportCompressedSize: false,
  },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
});
