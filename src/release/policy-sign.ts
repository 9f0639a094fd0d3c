/** `sign`: where the key stands that signs what is sent to a hook. */
import { z } from 'zod';
import { exactlyOne } from '../lib/config-file/exactly-one.ts';
import type { KeyRef } from './check-spec.ts';
import { secretFrom, secretPlaces } from './policy-secret.ts';

export const signWords = z
  .strictObject(
    {
      ...secretPlaces,
      secret: z
        .string()
        .max(253)
        .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'is no name of a Secret')
        .optional(),
      key: z
        .string()
        .regex(/^[-._a-zA-Z0-9]{1,253}$/, 'is no key of a Secret')
        .optional()
        .meta({ description: 'Of the Secret. Default key.' }),
    },
    {
      error: (issue) =>
        typeof issue.input === 'string'
          ? 'is a secret and does not stand here; write { file: PATH }, { env: NAME } or in a cluster { secret: NAME }'
          : undefined,
    },
  )
  .superRefine(exactlyOne(['file', 'env', 'secret']))
  .refine(({ key, secret }) => key === undefined || secret !== undefined, {
    error: 'is for a secret only',
    path: ['key'],
  })
  .meta({
    description:
      'Key: signed as Standard Webhooks do, HMAC-SHA256 over id, time and body. Read when something is sent: { file: PATH } or { env: NAME }; in a cluster { secret: NAME }, of the namespace of the policy.',
  });

type SignWords = z.output<typeof signWords>;

/** `folder`: that of the policy's file. */
export const keyFrom = ({ key = 'key', secret, ...local }: SignWords, folder: string): KeyRef =>
  secret === undefined ? secretFrom(folder)(local) : { from: 'secret', name: secret, key };
