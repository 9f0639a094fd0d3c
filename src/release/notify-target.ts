/** Whom a policy's notices go to: a service, what reaches it, and what it wants to hear. */
import type { SecretRef } from '../lib/secret/secret-ref.ts';

export type NotifyService =
  | { readonly kind: 'slack'; readonly api: string; readonly channel: string; readonly secrets: Secrets<'token'> }
  | { readonly kind: 'slackWebhook' | 'teams' | 'discord' | 'googleChat'; readonly secrets: Secrets<'url'> }
  | { readonly kind: 'pagerduty'; readonly api: string; readonly secrets: Secrets<'key'> }
  /** `url` empty: it is one of the secrets. `key` signs, `token` is a bearer token. */
  | { readonly kind: 'webhook'; readonly url: string; readonly secrets: Partial<Secrets<'url' | 'key' | 'token'>> }
  | { readonly kind: 'alertmanager'; readonly url: string; readonly secrets: Partial<Secrets<'token'>> }
  | {
      readonly kind: 'github';
      readonly api: string;
      /** `owner/name`. */
      readonly repository: string;
      readonly environment: string;
      readonly secrets: Secrets<'token'>;
    }
  | {
      readonly kind: 'email';
      readonly host: string;
      readonly port: number;
      /** `tls`: from the first byte; `starttls`: demanded before anything is said; `none`: loopback and trusted networks. */
      readonly security: 'tls' | 'starttls' | 'none';
      /** File with the certificate authority to trust; null: the system's. Absolute. */
      readonly caFile: string | null;
      /** null: the server wants none. */
      readonly user: string | null;
      readonly from: string;
      /** Besides the contacts that a page calls. */
      readonly to: readonly string[];
      readonly secrets: Partial<Secrets<'password'>>;
    };

type Secrets<Names extends string> = Readonly<Record<Names, SecretRef>>;

export type ServiceKind = NotifyService['kind'];

/** Texts with `{{placeholders}}`; null: the default. */
export interface NoticeTemplate {
  readonly title: string | null;
  readonly body: string | null;
}

export interface NotifyTarget {
  readonly name: string;
  /** `pages`: only what somebody must act on, and its end; `all`: news, too. */
  readonly hears: 'pages' | 'all';
  readonly template: NoticeTemplate;
  readonly service: NotifyService;
}

/** Addresses that people may open, shown with what is told of a release; `{{placeholders}}` stand for its names. */
export interface Links {
  readonly page: string | null;
  readonly dashboard: string | null;
  readonly runbook: string | null;
}
