import { describe, expect, it } from 'vitest';
import { inNetworkOf, inNewNetwork, isInside } from './network.ts';

describe("the lab's network", () => {
  it('is made by root as root, and by anyone else as root of a user namespace', () => {
    expect(inNewNetwork(['node', 'x.ts'], 0).slice(0, 4)).toEqual(['unshare', '--net', '--', 'sh']);
    expect(inNewNetwork(['node', 'x.ts'], 1000).slice(0, 5)).toEqual([
      'unshare',
      '--net',
      '--user',
      '--map-root-user',
      '--',
    ]);
    expect(inNewNetwork(['node', 'x.ts'], 0).slice(-3)).toEqual(['sh', 'node', 'x.ts']);
  });

  it('is entered by the process that everything ends with', () => {
    expect(inNetworkOf(7, ['true'], 0)).toEqual(['nsenter', '--target=7', '--net', '--', 'true']);
    expect(inNetworkOf(7, ['true'], 1000)).toContain('--preserve-credentials');
  });

  it('is known by whether its addresses are of this machine', async () => {
    expect(await isInside('127.0.0.1')).toBe(true);
    expect(await isInside('192.0.2.1')).toBe(false);
  });
});
