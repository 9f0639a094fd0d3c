/** What `npm run mutants` runs against each mutant: the gate's and the judge's own tests, but those that simulate for seconds or by chance. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/{gate,verdict}/**/*.test.ts'],
    exclude: ['test/verdict/{e-process,judge.properties,dispersion-of-weeks}.test.ts'],
    environment: 'node',
    // One thread a mutant instead of one a file: it is new for each, so what a module works out when it loads is mutated, too.
    isolate: false,
  },
});
