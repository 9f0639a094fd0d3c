import { describe, expect, it } from 'vitest';
import { nodeProblem } from '../../src/cli/node-version.ts';

describe('nodeProblem', () => {
  it.each(['v22.19.0', 'v22.20.1', 'v24.0.0', 'v26.1.0'])('lets %s run', (version) => {
    expect(nodeProblem(version)).toBeNull();
  });

  it.each(['v20.20.2', 'v22.18.0', 'v18.0.0'])('says what %s lacks', (version) => {
    expect(nodeProblem(version)).toBe(`needs Node 22.19 or newer, this is ${version}: start it with a newer one`);
  });
});
