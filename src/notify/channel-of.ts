/** The channel that speaks to a target's service, with its secrets as they are now. */
import type { NotifyService } from '../release/notify-target.ts';
import type { Channel } from './channel.ts';
import { alertmanagerAlert } from './channels/alertmanager-alert.ts';
import { cloudEvents } from './channels/cloud-events.ts';
import { discord } from './channels/discord.ts';
import { github } from './channels/github.ts';
import { googleChat } from './channels/google-chat.ts';
import { pagerduty } from './channels/pagerduty.ts';
import { slackBot, slackWebhook } from './channels/slack.ts';
import { teams } from './channels/teams.ts';

export type HttpService = Exclude<NotifyService, { readonly kind: 'email' }>;

export type SecretTexts = Readonly<Record<string, string>>;

const channels: {
  readonly [Kind in HttpService['kind']]: (
    service: Extract<HttpService, { readonly kind: Kind }>,
    secrets: SecretTexts,
  ) => Channel;
} = {
  slack: ({ api, channel }, { token = '' }) => slackBot({ api, channel, token }),
  slackWebhook: (_service, { url = '' }) => slackWebhook(url),
  teams: (_service, { url = '' }) => teams(url),
  discord: (_service, { url = '' }) => discord(url),
  googleChat: (_service, { url = '' }) => googleChat(url),
  pagerduty: ({ api }, { key = '' }) => pagerduty({ api, key }),
  webhook: ({ url }, secrets) =>
    cloudEvents({ url: url || (secrets['url'] ?? ''), key: secrets['key'] ?? null, token: secrets['token'] ?? null }),
  alertmanager: ({ url }, { token = null }: { readonly token?: string | null }) => alertmanagerAlert({ url, token }),
  github: ({ api, environment, repository }, { token = '' }) => github({ api, environment, repository, token }),
};

export const channelOf = (service: HttpService, secrets: SecretTexts): Channel =>
  (channels[service.kind] as (service: HttpService, secrets: SecretTexts) => Channel)(service, secrets);
