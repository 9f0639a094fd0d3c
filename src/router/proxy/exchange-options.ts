/** What an exchange needs to know of its request, and where it goes. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AccessLog } from './access-log.ts';
import type { Client } from './clients.ts';
import type { ProxyLane } from './proxy-lane.ts';
import type { ProxySettings } from './settings.ts';
import type { UpgradeWish } from './switch-protocols.ts';

export interface ExchangeOptions {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly lane: ProxyLane;
  /** Of the session that begins with this request; null: none does. */
  readonly cookie: string | null;
  readonly path: string;
  readonly host: string | null;
  readonly client: Client;
  /** The user waits for `100 Continue` before sending the body. */
  readonly expectsContinue: boolean;
  /** Left out: the user does not want to switch protocols. */
  readonly upgrade?: UpgradeWish;
  /** Where its end is noted when it comes; null: nowhere. */
  readonly log: () => AccessLog | null;
  /** In force when it came. */
  readonly settings: ProxySettings;
}
