/** What each service that notices go to needs; secrets stand in files or in the environment, never in the text. */
import { z } from 'zod';
import { exactlyOne } from '../lib/config-file/exactly-one.ts';
import { mailAddress } from './policy-contacts.ts';
import { httpAddress, plainText } from './policy-fields.ts';
import { secret, secretOf } from './policy-secret.ts';

const byUrl = z.strictObject({ url: secretOf('Address of the incoming webhook, which is a secret.') });

const api = (what: string) => httpAddress.optional().meta({ description: `Default ${what}.` });

const slack = z
  .strictObject({
    channel: plainText.optional().meta({ description: 'Id of the channel; needs token.' }),
    token: secretOf('Bot token (chat:write): one message a release, kept up to date, with a thread.').optional(),
    url: secretOf('Address of an incoming webhook: each notice is a message.').optional(),
    api: api('https://slack.com/api'),
  })
  .superRefine(exactlyOne(['token', 'url']))
  .refine(({ channel, token }) => (channel === undefined) === (token === undefined), {
    error: 'needs channel together with token, and neither with url',
  });

export const emailWords = z.strictObject({
  server: z
    .string()
    .regex(/^[A-Za-z0-9.-]{1,253}:[0-9]{1,5}$/, 'is no mail server; write mail.example.com:587')
    .meta({ description: 'host:port.' }),
  security: z.enum(['starttls', 'tls', 'none']).optional().meta({
    description: 'starttls (default): demanded; tls: from the first byte; none: for loopback and trusted networks.',
  }),
  caFile: plainText.optional().meta({ description: 'File with the certificate authority to trust.' }),
  user: plainText.optional(),
  password: secretOf('Of the user.').optional(),
  from: mailAddress,
  to: z.array(mailAddress).max(20).optional().meta({ description: 'Besides the contacts that a page calls.' }),
});

export const services = {
  slack: slack.optional(),
  teams: byUrl.optional(),
  discord: byUrl.optional(),
  googleChat: byUrl.optional(),
  pagerduty: z
    .strictObject({ key: secretOf('Integration key (Events API v2).'), api: api('https://events.pagerduty.com/v2') })
    .optional(),
  alertmanager: z.strictObject({ url: httpAddress, token: secretOf('Bearer token.').optional() }).optional(),
  webhook: z
    .strictObject({
      url: z
        .union([httpAddress, secret])
        .meta({ description: 'CloudEvents are posted to it. Text, or a secret: { file: PATH } or { env: NAME }.' }),
      key: secretOf('Signs each request (Standard Webhooks, HMAC-SHA256).').optional(),
      token: secretOf('Bearer token.').optional(),
    })
    .optional(),
  email: emailWords.optional(),
  github: z
    .strictObject({
      repository: z.string().regex(/^[\w.-]{1,100}\/[\w.-]{1,100}$/, 'is no repository; write owner/name'),
      environment: plainText.optional().meta({ description: 'Default production.' }),
      token: secretOf('Token that may write deployments.'),
      api: api('https://api.github.com'),
    })
    .optional(),
};
