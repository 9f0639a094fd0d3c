/** Slack, Teams, Discord and Google Chat over real HTTP: what they are sent is what they take, and nobody is called by a name in it. */
import { describe, expect, it } from 'vitest';
import { aNotice, aPage, mischief } from '../../support/a-notice.ts';
import { chatService } from '../../support/chat-service.ts';
import { httpTarget, secretInEnv } from '../../support/http-target.ts';
import { schemaFaults } from '../../support/service-schemas.ts';

const started = aNotice({ id: 'app-1/1/ReleaseStarted', reason: 'ReleaseStarted', title: 'app v2: ReleaseStarted' });
const wicked = aPage({
  title: mischief,
  text: mischief,
  links: [{ text: 'page', href: 'https://s.example/#/r/1?a=%3Cb%3E' }],
});
const over = aNotice({ id: 'app-1/9/resolve', urgency: 'resolve' });

describe('slack with a bot token', () => {
  const slack = async (answers: Readonly<Record<string, unknown>>[] = []) => {
    const service = await chatService((_posted, index) => ({
      body: answers[index] ?? { ok: true, ts: `17000000${10 + index}.000100`, channel: 'C1' },
    }));
    const target = httpTarget({
      kind: 'slack',
      api: service.origin,
      channel: 'C1',
      secrets: { token: secretInEnv('xoxb-1') },
    });
    return { ...service, target };
  };

  it('has one message a release, kept up to date, and a thread with its events; a page shows in the channel', async () => {
    const { posted, target } = await slack();
    const sent = await target.sendAll(started, aNotice({ id: 'b' }), aPage(), over);
    expect(sent).toMatchObject({ outcome: 'sent', kept: { ts: '1700000010.000100', channel: 'C1' } });
    expect(posted.map(({ path }) => path.slice(1))).toEqual([
      'chat.postMessage',
      'chat.postMessage',
      'chat.update',
      'chat.postMessage',
      'chat.update',
      'chat.update',
    ]);
    expect(posted.flatMap(({ body }) => schemaFaults('slack-message', body))).toEqual([]);
    const [head, event, update, page] = posted.map(({ body }) => body as Record<string, unknown>);
    expect(head?.['thread_ts']).toBeUndefined();
    expect(event).toMatchObject({ thread_ts: '1700000010.000100', reply_broadcast: false });
    expect(update).toMatchObject({ ts: '1700000010.000100' });
    expect(page).toMatchObject({ thread_ts: '1700000010.000100', reply_broadcast: true });
    expect(posted.every(({ headers }) => headers['authorization'] === 'Bearer xoxb-1')).toBe(true);
  });

  it('leaves out an update that a later notice will make', async () => {
    const { posted, target } = await slack();
    const first = await target.send(started);
    await target.send(aNotice({ id: 'b' }), { kept: first.kept, isLatest: false });
    expect(posted.map(({ path }) => path)).toEqual(['/chat.postMessage', '/chat.postMessage']);
  });

  it('goes on where it was when a second try is needed', async () => {
    const { posted, target } = await slack([
      { ok: true, ts: '1.1', channel: 'C1' },
      { ok: true, ts: '2.1' },
      { ok: false, error: 'ratelimited' },
    ]);
    const first = await target.send(started);
    const halted = await target.send(aNotice({ id: 'b' }), { kept: first.kept });
    expect(halted).toMatchObject({ outcome: 'later', done: 1 });
    await target.send(aNotice({ id: 'b' }), halted);
    expect(posted.map(({ path }) => path.slice(6))).toEqual(['postMessage', 'postMessage', 'update', 'update']);
  });

  it('begins anew when somebody took its message away', async () => {
    const { posted, target } = await slack([
      { ok: true, ts: '1.1', channel: 'C1' },
      { ok: false, error: 'thread_not_found' },
      { ok: true, ts: '3.1', channel: 'C1' },
    ]);
    const sent = await target.sendAll(started, aNotice({ id: 'b' }));
    expect(sent).toMatchObject({ outcome: 'sent', kept: { ts: '3.1' } });
    expect(posted).toHaveLength(3);
  });

  it('says what Slack said, and never the token', async () => {
    const { target } = await slack([{ ok: false, error: 'invalid_auth for xoxb-1' }]);
    const sent = await target.send(started);
    expect(sent).toMatchObject({ outcome: 'refused', why: 'answered invalid_auth for ***' });
  });

  it('calls nobody and shows no link that is not ours', async () => {
    const { posted, target } = await slack();
    await target.send(wicked);
    const text = String(posted[0]?.body.text);
    expect(text.match(/<[^>]*>/g)).toEqual(['<https://s.example/#/r/1?a=%3Cb%3E|page>']);
    expect(text).toContain('&lt;!channel&gt;');
  });
});

describe('services by an incoming webhook', () => {
  const by = async (kind: 'slackWebhook' | 'teams' | 'discord' | 'googleChat', body: unknown = {}) => {
    const service = await chatService(() => ({ body }));
    const target = httpTarget({ kind, secrets: { url: secretInEnv(`${service.origin}/hook/secret-path?key=k`) } });
    return { ...service, target };
  };

  it('slack: a message each, its end none', async () => {
    const { posted, target } = await by('slackWebhook');
    await target.sendAll(started, aPage(), over);
    expect(posted.map(({ body }): string => String(body.text).split('\n')[0] ?? '')).toEqual([
      '*app v2: ReleaseStarted*',
      ':rotating_light: *app v2: RollbackStalled*',
    ]);
  });

  it('teams: an Adaptive Card whose texts know no markup', async () => {
    const { posted, target } = await by('teams');
    await target.sendAll(started, wicked, over);
    expect(posted).toHaveLength(2);
    expect(posted.flatMap(({ body }) => schemaFaults('adaptive-card-1.5', body))).toEqual([]);
    expect(JSON.stringify(posted[1]?.body)).not.toContain('msteams');
  });

  it('discord: one message, edited; a page is one of its own; mentions are off', async () => {
    const { posted, target } = await by('discord', { id: '42' });
    await target.sendAll(started, aNotice({ id: 'b' }), wicked, over);
    expect(posted.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /hook/secret-path?key=k&wait=true',
      'PATCH /hook/secret-path/messages/42?key=k',
      'POST /hook/secret-path?key=k&wait=true',
      'PATCH /hook/secret-path/messages/42?key=k',
    ]);
    expect(posted.flatMap(({ body }) => schemaFaults('discord-webhook-message', body))).toEqual([]);
    expect(String(posted[2]?.body.embeds[0].description)).not.toMatch(/@everyone|[^\\]\*\*/);
  });

  it('google chat: a thread a release', async () => {
    const { posted, target } = await by('googleChat');
    await target.sendAll(started, wicked, over);
    expect(posted.map(({ path }) => path)).toEqual(
      Array.from(
        { length: 2 },
        () => '/hook/secret-path?key=k&messageReplyOption=REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD',
      ),
    );
    expect(posted.flatMap(({ body }) => schemaFaults('google-chat-message', body))).toEqual([]);
    expect(posted[1]?.body.thread).toEqual({ threadKey: 'sluice/release/app-1' });
    expect(String(posted[1]?.body.text)).not.toContain('<users/all>');
  });

  it('an address stays out of what is said of it, also when it is wrong', async () => {
    const service = await chatService(({ path }) => ({ status: 404, body: `no hook at ${path}` }));
    const target = httpTarget({
      kind: 'teams',
      secrets: { url: secretInEnv(`${service.origin}/hook/secret-path?key=k`) },
    });
    const sent = await target.send(started);
    expect(sent).toMatchObject({ outcome: 'refused', why: 'answered 404: no hook at ***' });
    expect(target.preview(started)).toContain('POST https://***/');
    const wrong = httpTarget({ kind: 'teams', secrets: { url: secretInEnv('secret-and-no-address') } });
    expect(await wrong.send(started)).toMatchObject({
      outcome: 'later',
      why: expect.not.stringContaining('secret-and'),
    });
    const missing = httpTarget({ kind: 'teams', secrets: { url: { from: 'file', path: '/nowhere/url' } } });
    expect(await missing.send(started)).toMatchObject({
      outcome: 'later',
      why: expect.stringContaining('/nowhere/url'),
    });
  });

  it.each([
    ['429', { status: 429, headers: { 'retry-after': '7' } }, { outcome: 'later', afterMs: 7_000 }],
    ['503', { status: 503 }, { outcome: 'later', afterMs: null }],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:9/' } }, { outcome: 'refused' }],
    ['403', { status: 403 }, { outcome: 'refused' }],
  ])('%s is told apart', async (_name, answer, expected) => {
    const service = await chatService(() => answer);
    const target = httpTarget({ kind: 'teams', secrets: { url: secretInEnv(service.origin) } });
    expect(await target.send(started)).toMatchObject(expected);
  });
});
