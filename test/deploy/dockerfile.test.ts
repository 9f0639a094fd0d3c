import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const lines = (file: string): readonly string[] => readFileSync(join(root, file), 'utf8').split('\n');

/** What the image takes from the repository: sources of every COPY that is not from another stage. */
const copied = lines('deploy/Dockerfile')
  .filter((line) => line.startsWith('COPY ') && !line.includes('--from='))
  .flatMap((line) => line.split(/\s+/).slice(1, -1));

const kept = lines('.dockerignore')
  .filter((line) => line.startsWith('!'))
  .map((line) => line.slice(1));

describe('deploy/Dockerfile', () => {
  it('copies what exists', () => {
    expect(copied).toContain('package-lock.json');
    expect(copied.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it('gets what it copies past .dockerignore, and no more', () => {
    expect([...kept].sort()).toEqual([...new Set(copied)].sort());
  });

  it('runs with the same heap as the service unit', () => {
    const heap = (file: string) => readFileSync(join(root, file), 'utf8').match(/--max-[a-z-]+=\d+/g);
    expect(heap('deploy/Dockerfile')).toEqual(heap('deploy/sluice.service'));
    expect(heap('deploy/Dockerfile')).toHaveLength(2);
  });

  it('runs without a shell as the user of the chart, on the Node that the tests run on', () => {
    const stages = lines('deploy/Dockerfile').filter((line) => line.startsWith('FROM '));
    expect(stages.map((line) => /node(?:js|:)(\d+)/.exec(line)?.[1])).toEqual(['24', '24']);
    expect(process.version).toMatch(/^v24\./);
    expect(stages.at(-1)).toMatch(/^FROM gcr\.io\/distroless\/.*:nonroot$/);
    expect(lines('deploy/Dockerfile')).toContain('USER 65532:65532');
    expect(lines('deploy/chart/templates/deployment.yaml').join('\n')).toContain('runAsUser: 65532');
  });

  it('starts programs by their path: there is no shell to find them', () => {
    const started = lines('deploy/Dockerfile').filter((line) => /^(ENTRYPOINT|HEALTHCHECK)/.test(line));
    expect(started).toHaveLength(2);
    for (const line of started) expect(line).toContain('["/nodejs/bin/node", ');
  });
});
