/** The service that the words of a target mean. */
import type { z } from 'zod';
import type { SecretRef } from '../lib/secret/secret-ref.ts';
import type { NotifyService } from './notify-target.ts';
import { fromFolder } from './policy-fields.ts';
import type { emailWords, services } from './policy-notify-services.ts';
import { type SecretWords, secretFrom } from './policy-secret.ts';

export type ServiceWords = { readonly [Name in keyof typeof services]?: z.output<(typeof services)[Name]> };

type Reader = (given: SecretWords) => SecretRef;

const onlyGiven = <Name extends string>(
  given: Readonly<Record<Name, SecretWords | undefined>>,
  read: Reader,
): Partial<Readonly<Record<Name, SecretRef>>> =>
  Object.fromEntries(
    Object.entries<SecretWords | undefined>(given).flatMap(([name, words]) =>
      words === undefined ? [] : [[name, read(words)]],
    ),
  ) as Partial<Readonly<Record<Name, SecretRef>>>;

export function serviceFrom(words: ServiceWords, folder: string): NotifyService {
  const read = secretFrom(folder);
  const { alertmanager, discord, email: mail, github, googleChat, pagerduty, slack: chat, teams, webhook } = words;
  if (chat?.token !== undefined)
    return {
      kind: 'slack',
      api: chat.api ?? 'https://slack.com/api',
      channel: chat.channel ?? '',
      secrets: { token: read(chat.token) },
    };
  if (chat?.url !== undefined) return { kind: 'slackWebhook', secrets: { url: read(chat.url) } };
  if (teams !== undefined) return { kind: 'teams', secrets: { url: read(teams.url) } };
  if (discord !== undefined) return { kind: 'discord', secrets: { url: read(discord.url) } };
  if (googleChat !== undefined) return { kind: 'googleChat', secrets: { url: read(googleChat.url) } };
  if (pagerduty !== undefined)
    return {
      kind: 'pagerduty',
      api: pagerduty.api ?? 'https://events.pagerduty.com/v2',
      secrets: { key: read(pagerduty.key) },
    };
  if (alertmanager !== undefined)
    return { kind: 'alertmanager', url: alertmanager.url, secrets: onlyGiven({ token: alertmanager.token }, read) };
  if (github !== undefined) return githubFrom(github, read);
  if (mail !== undefined) return emailFrom(mail, folder);
  return webhookFrom(webhook, read);
}

function githubFrom(
  { api: base, environment, repository, token }: NonNullable<ServiceWords['github']>,
  read: Reader,
): NotifyService {
  return {
    ...{ kind: 'github', api: base ?? 'https://api.github.com', repository },
    ...{ environment: environment ?? 'production', secrets: { token: read(token) } },
  };
}

function webhookFrom(words: ServiceWords['webhook'], read: Reader): NotifyService {
  const { key, token, url = '' } = words ?? {};
  const address = typeof url === 'string' ? undefined : url;
  return {
    kind: 'webhook',
    url: typeof url === 'string' ? url : '',
    secrets: onlyGiven({ url: address, key, token }, read),
  };
}

function emailFrom(words: z.output<typeof emailWords>, folder: string): NotifyService {
  const [host = '', port = ''] = words.server.split(':');
  return {
    ...{ kind: 'email', host, port: Number(port), security: words.security ?? 'starttls' },
    ...{ caFile: fromFolder(folder, words.caFile), user: words.user ?? null, from: words.from, to: words.to ?? [] },
    secrets: onlyGiven({ password: words.password }, secretFrom(folder)),
  };
}
