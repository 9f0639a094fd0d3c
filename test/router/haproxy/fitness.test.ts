/** What is found before a release: in what the runtime API shows, and in the configuration file. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/router/finding.ts';
import { checkConfig } from '../../../src/router/haproxy/config-check.ts';
import { examine } from '../../../src/router/haproxy/fitness.ts';
import { refusalIn } from '../../../src/router/haproxy/refusal.ts';
import type { BackendSeen, ServerSeen } from '../../../src/router/haproxy/show.ts';

const aServer = (name: string, more: Partial<ServerSeen> = {}): ServerSeen => ({
  name,
  address: '127.0.0.1:80',
  weight: 1,
  initial: name.startsWith('canary') ? 0 : 1,
  held: 'no',
  up: true,
  sessions: 0,
  served: 0,
  agent: false,
  cookie: '',
  ...more,
});

const names = { stable: ['stable1'], canary: ['canary1'] };

const found = (
  servers: readonly ServerSeen[],
  more: { algorithm?: string; tables?: string; level?: string } = {},
): readonly Finding[] => {
  const { algorithm = 'roundrobin', tables = '', level = 'admin\n\n' } = more;
  const seen: BackendSeen = {
    process: '1/1',
    version: '2.6',
    algorithm,
    servers: new Map(servers.map((each) => [each.name, each])),
  };
  return examine({ backend: 'app', names, seen, tables, level });
};

const pair = [aServer('stable1'), aServer('canary1')];

describe('a haproxy before a release', () => {
  test('that is as the sample says has nothing against it', () => {
    expect(found(pair)).toEqual([]);
  });

  test.each([
    ['unfit', 'has no server canary1', [aServer('stable1')], {}],
    ['unfit', 'old of backend app get requests outside of the split', [...pair, aServer('old')], {}],
    ['unfit', 'balance static-rr of backend app follows no weights', pair, { algorithm: 'static-rr' }],
    ['beware', 'sends a client to a server by a hash', pair, { algorithm: 'source' }],
    ['beware', 'a slow canary gets fewer requests', pair, { algorithm: 'leastconn' }],
    ['unfit', 'an agent changes the weights of stable1', [aServer('stable1', { agent: true }), aServer('canary1')], {}],
    ['beware', 'a cookie keeps clients on canary1', [aServer('stable1'), aServer('canary1', { cookie: 'c' })], {}],
    ['beware', 'has a stick table', pair, { tables: '# table: app, type: ip, size:1024, used:0\n' }],
    ['unfit', 'has level operator, and sets no weights', pair, { level: 'operator\n\n' }],
    ['beware', 'canary1 start with a weight', [aServer('stable1'), aServer('canary1', { initial: 1 })], {}],
  ] as const)('%s: %s', (grade, message, servers, more) => {
    expect(found(servers, more)).toEqual([
      { grade, message: expect.stringContaining(message), fix: expect.any(String) },
    ]);
  });

  test('a server in maintenance that nobody named is no business of the split', () => {
    expect(found([...pair, aServer('old', { held: 'maint' })])).toEqual([]);
  });
});

describe('haproxy.cfg', () => {
  const check = (text: string): readonly Finding[] => checkConfig(text, { file: 'haproxy.cfg', backend: 'app' });

  test('as shipped has nothing against it', () => {
    const sample = fileURLToPath(new URL('../../../deploy/haproxy.cfg', import.meta.url));
    expect(check(readFileSync(sample, 'utf8'))).toEqual([]);
  });

  test.each([
    ['beware', '2 brings back the weights', 'defaults\n  load-server-state-from-file global\nbackend app\n'],
    ['beware', '2 keeps clients on the server', 'backend app\n  stick on src\n'],
    ['unfit', '2 use-server canary1 sends requests', 'backend app\n  use-server canary1 if TRUE # always\n'],
    ['unfit', '2 option persist sends requests', 'backend app\n  option persist\n'],
    [
      'unfit',
      '3 agent-check lets an agent',
      'backend app\n  # servers\n  server s1 10.0.0.1:80 check agent-check agent-port 9\n',
    ],
  ])('%s: line %s', (grade, message, text) => {
    const found = { grade, message: expect.stringContaining(`haproxy.cfg:${message}`), fix: expect.any(String) };
    expect(check(text)).toEqual([found]);
  });

  test('other backends are no concern, a missing one is', () => {
    expect(check('backend app\nbackend other\n  stick on src\n')).toEqual([]);
    expect(check('backend other\n')).toMatchObject([{ grade: 'unfit', message: 'haproxy.cfg has no backend app' }]);
  });
});

test.each([
  ['Permission denied\n\n', 'level admin'],
  ["Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.\n\n", 'balance roundrobin'],
  ['No such server.\n\n', 'name the servers'],
  ["Name: HAProxy\nPid: 1\n\nCan't find backend.\n\n", 'traffic.haproxy.backend'],
  ["no need to change the addr, port changed from '1' to '2' by 'stats socket command'\n\nName: HAProxy\n\n", null],
])('what haproxy says in plain text says what to do: %j', (output, advice) => {
  if (advice === null) expect(refusalIn(output)).toBeNull();
  else expect(refusalIn(output)).toContain(advice);
});
