/** How a policy says where a secret stands: in a file or in the environment, never in its own text. */
import { z } from 'zod';
import { exactlyOne } from '../lib/config-file/exactly-one.ts';
import type { SecretRef } from '../lib/secret/secret-ref.ts';
import { fromFolder, plainText } from './policy-fields.ts';

/** Outside of a cluster. */
export const secretPlaces = {
  file: plainText.optional(),
  env: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,100}$/, 'is no name of an environment variable')
    .optional(),
};

export const secret = z
  .strictObject(secretPlaces, {
    error: (issue) =>
      typeof issue.input === 'string'
        ? 'is a secret and does not stand here; write { file: PATH } or { env: NAME }'
        : undefined,
  })
  .superRefine(exactlyOne(['file', 'env']));

export type SecretWords = z.output<typeof secret>;

export const secretOf = (description: string) =>
  secret.meta({ description: `${description} Read when something is sent: { file: PATH } or { env: NAME }.` });

/** `folder`: that of the policy's file. */
export const secretFrom =
  (folder: string) =>
  ({ file, env = '' }: SecretWords): SecretRef =>
    file === undefined ? { from: 'env', name: env } : { from: 'file', path: fromFolder(folder, file) ?? file };
