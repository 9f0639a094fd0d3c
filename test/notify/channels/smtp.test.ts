/** E-mail by a real SMTP server: a thread for what is paged, its end to those who were woken, texts that stay texts. */
import { SMTPServer } from 'smtp-server';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Kept } from '../../../src/notify/channel.ts';
import type { Notice } from '../../../src/notify/message.ts';
import { SmtpSender, type SmtpSenderOptions } from '../../../src/notify/smtp-sender.ts';
import { aNotice, aPage, mischief } from '../../support/a-notice.ts';

interface Received {
  readonly to: readonly string[];
  readonly text: string;
}

const mailServer = async () => {
  const mails: Received[] = [];
  const logins: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    logger: false,
    onAuth: ({ password, username }, _session, done) => {
      logins.push(`${username}/${password}`);
      if (password === 'right') done(null, { user: username });
      else done(new Error('wrong password'));
    },
    onRcptTo: ({ address }, _session, done) => {
      done(address === 'gone@example.com' ? Object.assign(new Error('no such user'), { responseCode: 550 }) : null);
    },
    onData: (stream, { envelope }, done) => {
      let text = '';
      stream.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      stream.on('end', () => {
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), text: text.replaceAll('=\r\n', '') });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(resolve)));
  const address = server.server.address();
  return { mails, logins, port: typeof address === 'object' && address !== null ? address.port : 0 };
};

const senderTo = (port: number, change: Partial<SmtpSenderOptions['service']> = {}) => {
  const service: SmtpSenderOptions['service'] = {
    ...{ kind: 'email', host: '127.0.0.1', port, security: 'none', caFile: null, user: null },
    ...{ from: 'sluice@example.com', to: [], secrets: {} },
    ...change,
  };
  return new SmtpSender({ service, pace: async () => undefined });
};

const sending = (notice: Notice, kept: Kept | null = null) => ({
  ...{ notice, kept, done: 0, isLatest: true, signal: new AbortController().signal },
});

const header = (mail: Received | undefined, name: string): string =>
  new RegExp(`^${name}: (.*)$`, 'im').exec(mail?.text ?? '')?.[1]?.trim() ?? '';

describe('e-mail', () => {
  it('goes to whom a page calls, and its end into the same thread, to the same people', async () => {
    const { mails, port } = await mailServer();
    const sender = senderTo(port, { to: ['team@example.com'] });
    const paged = await sender.send(sending(aPage()));
    expect(paged).toMatchObject({ outcome: 'sent' });
    const end = await sender.send(sending(aNotice({ id: 'x/resolve', urgency: 'resolve' }), paged.kept));
    expect(end).toMatchObject({ outcome: 'sent' });
    expect(mails.map(({ to }) => to)).toEqual([
      ['team@example.com', 'eve@example.com'],
      ['team@example.com', 'eve@example.com'],
    ]);
    expect(header(mails[0], 'subject')).toBe('[PAGE] app v2: RollbackStalled');
    expect(header(mails[1], 'in-reply-to')).toBe(header(mails[0], 'message-id'));
    expect(header(mails[1], 'references')).toBe(header(mails[0], 'message-id'));
  });

  it('has the same message id when it is sent again', async () => {
    const { mails, port } = await mailServer();
    await senderTo(port).send(sending(aPage()));
    await senderTo(port).send(sending(aPage()));
    expect(header(mails[0], 'message-id')).toBe(header(mails[1], 'message-id'));
  });

  it('shows names and reasons as text, and lets nobody write a header', async () => {
    const { mails, port } = await mailServer();
    await senderTo(port).send(sending(aPage({ title: `a\r\nBcc: eve@evil.example\r\n${mischief}`, text: mischief })));
    const [mail] = mails;
    expect(mail?.to).toEqual(['eve@example.com']);
    expect(mail?.text.split('\r\n\r\n')[0]).not.toMatch(/^Bcc:/m);
    expect(mail?.text.split('text/html')[1]).not.toContain('<script>');
  });

  it('says nothing of an end that nobody was woken for', async () => {
    const { mails, port } = await mailServer();
    expect(
      await senderTo(port, { to: ['a@example.com'] }).send(sending(aNotice({ urgency: 'resolve' }))),
    ).toMatchObject({ outcome: 'sent' });
    expect(mails).toEqual([]);
  });

  it('logs in; a wrong password is tried again later and never said', async () => {
    const { logins, port } = await mailServer();
    process.env['SLUICE_TEST_MAIL'] = 'planted-secret';
    onTestFinished(() => void Reflect.deleteProperty(process.env, 'SLUICE_TEST_MAIL'));
    const secrets = { password: { from: 'env', name: 'SLUICE_TEST_MAIL' } } as const;
    const sent = await senderTo(port, { user: 'sluice', secrets }).send(sending(aPage()));
    expect(logins).toEqual(['sluice/planted-secret']);
    expect(sent).toMatchObject({ outcome: 'later' });
    expect(JSON.stringify(sent)).not.toContain('planted-secret');
  });

  it('is not sent in the clear where STARTTLS is demanded, nor to nobody, nor for ever to who is gone', async () => {
    const { mails, port } = await mailServer();
    expect(await senderTo(port, { security: 'starttls' }).send(sending(aPage()))).toMatchObject({
      outcome: expect.stringMatching(/later|refused/),
    });
    expect(await senderTo(port).send(sending(aPage({ contacts: [] })))).toMatchObject({ outcome: 'refused' });
    expect(await senderTo(port, { to: ['gone@example.com'] }).send(sending(aPage({ contacts: [] })))).toMatchObject({
      outcome: 'refused',
    });
    expect(mails).toEqual([]);
  });

  it('gives up on a server that is not there, and says so', async () => {
    const sent = await senderTo(1).send(sending(aPage()));
    expect(sent).toMatchObject({ outcome: 'later', why: expect.stringContaining('ECONNREFUSED') });
  });
});
