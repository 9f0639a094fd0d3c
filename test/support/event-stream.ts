/** A reader of server-sent events: collects what comes until the test ends. */
import { get, type IncomingMessage } from 'node:http';
import { type AtEnd, atTestEnd } from './at-end.ts';

export interface ServerEvent {
  readonly id: string;
  readonly name: string;
  readonly data: ReturnType<typeof JSON.parse>;
}

export interface EventStream {
  readonly status: number;
  readonly events: readonly ServerEvent[];
  /** Everything that came, comments included. */
  text(): string;
  isClosed(): boolean;
  close(): void;
}

export const openEventStream = async (
  url: string,
  headers: Record<string, string> = {},
  atEnd: AtEnd = atTestEnd,
): Promise<EventStream> => {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers, agent: false }, resolve).on('error', reject);
  });
  let [text, isClosed] = ['', false];
  response.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  response.on('close', () => {
    isClosed = true;
  });
  response.on('error', () => undefined);
  const close = () => void response.destroy();
  atEnd(close);
  return {
    status: response.statusCode ?? 0,
    get events() {
      return eventsIn(text);
    },
    text: () => text,
    isClosed: () => isClosed,
    close,
  };
};

const eventsIn = (text: string): readonly ServerEvent[] =>
  text
    .split('\n\n')
    .slice(0, -1)
    .filter((block) => /^event: /m.test(block))
    .map((block) => ({ id: field(block, 'id'), name: field(block, 'event'), data: JSON.parse(field(block, 'data')) }));

const field = (block: string, name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? '';
