/** What `npm run mutants` runs against each mutant: the gate's and the judge's own tests. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: new URL('..', import.meta.url).pathname,
    include: ['test/{gate,verdict}/**/*.test.ts'],
    environment: 'node',
  },
});
