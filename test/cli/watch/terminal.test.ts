/** `sluice watch` and `list -w` in a real terminal: what is on the screen, what keys do, and how the terminal is left. */
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { demanded } from '../../../src/release/approval.ts';
import { eventually } from '../../support/eventually.ts';
import { type TestServer, testServer } from '../../support/http-server.ts';
import { needs } from '../../support/needs.ts';
import { bakingRelease, rolledBackRelease, sampleRelease, startedAtMs } from '../../support/sample-release.ts';
import { openTerminal, sluiceLine, type Terminal, type TerminalOptions } from '../../support/terminal.ts';

const log = Array.from({ length: 40 }, (_, index) => ({
  atMs: startedAtMs + index * 1_000,
  kind: 'event' as const,
  reason: 'X',
  message: `entry ${index} of the log`,
  data: {},
}));

const watching = async (
  options: TerminalOptions = {},
): Promise<{ readonly terminal: Terminal; readonly server: TestServer }> => {
  const server = await testServer();
  await server.controls.put(bakingRelease(), log);
  const terminal = await openTerminal(sluiceLine(['watch', 'app'], server.url), options);
  await terminal.shows(/q leave/);
  return { terminal, server };
};

const release = async ({ controls }: TestServer) => {
  const found = await controls.release('app-3f2a');
  if (!found.ok || found.value === null) throw new Error('the release is gone');
  return found.value;
};

const asItWas = { screen: 'first', cursor: true, cooked: true };

describe.runIf(needs('tmux'))('watch in 80x24', () => {
  it('shows the release, its rules and its log, with the keys in the last line', async () => {
    const { terminal } = await watching();
    const lines = (await terminal.shows(/entry 39/)).trimEnd().split('\n');
    expect(lines[0]).toBe('app  v1.8.2 -> v1.9.0   step 2/3   next: 100 % in 07:42 if nothing objects');
    expect(lines).toContain('error_rate         0.03 %  0.03 %  0.1 %        12.4k   pass     11 more bad');
    expect(lines).toContain('[#### 25% 10m done][#... 50% 15m 07:42][.... 100% 30m]');
    expect(lines[23]).toBe('p pause   r resume   a abort   d detail   ? help   q leave');
    expect(lines).toHaveLength(24);
    expect(await terminal.state()).toEqual({ screen: 'second', cursor: false, cooked: false });
  });

  it('becomes as big as the terminal, and as small', async () => {
    const { terminal } = await watching();
    await terminal.resize(200, 50);
    const wide = await terminal.shows(/error_rate is within its limit[^]*entry 30 of[^]*q leave/);
    expect(wide).toContain('11 more errors now would roll back');
    expect(wide.trimEnd().split('\n')).toHaveLength(50);
    await terminal.resize(40, 12);
    const small = await terminal.shows(/^app {2}v1\.8\.2 -> v1\.9\.0 {3}step 2\/3\n/);
    expect(small).toMatch(/^RULE +CANARY +VERDICT$/m);
    expect(small.trimEnd().split('\n').at(-1)).toBe('q leave p pause r resume a abort d deta~');
  });

  it('uses 200x50 from the start', async () => {
    const { terminal } = await watching({ width: 200, height: 50 });
    const text = await terminal.shows(/entry 10 of the log/);
    expect(text.split('\n')[1]).toContain('observed 49.2 % (12.4k requests)   stable 6/6  canary 5/6');
  });
});

describe.runIf(needs('tmux'))('watch of a release that waits for people', () => {
  it('draws the checklist, missing things first, and follows it', async () => {
    const server = await testServer();
    const approvals = demanded(['qa', 'security'].map((name) => ({ name, by: ['eve'], expiresMs: null })));
    const [qa, security] = approvals.map((each) => ({ ...each, given: { who: 'eve', atMs: startedAtMs, reason: '' } }));
    const waiting = await server.controls.put(sampleRelease({ approvals }));
    const terminal = await openTerminal(sluiceLine(['watch', 'app'], server.url));
    const first = await terminal.shows(/CHECKLIST {2}0 of 2 there[^]*q leave/);
    expect(first).toContain(
      '\nwaiting    approval qa: not given; eve may\n           to do: `sluice approve app-3f2a --as qa`\n',
    );
    await server.controls.put({ ...waiting, approvals: [qa, approvals[1]].filter((each) => each !== undefined) });
    await terminal.shows(
      /1 of 2 there\nwaiting {4}approval security[^]*\npassed {5}approval qa: given by eve, 12:00:00\n/,
    );
    await server.controls.put({ ...bakingRelease(), approvals: [qa, security].filter((each) => each !== undefined) });
    expect(await terminal.shows(/step 2\/3[^]*q leave/)).not.toContain('CHECKLIST');
  });
});

describe.runIf(needs('tmux'))('names of wide characters', () => {
  it('stand in columns, and signs that steer a terminal are only shown', async () => {
    const server = await testServer();
    const names = ['支払い-v2', 'café🚀', 'e\u0301te\u0301', '\u001b[2Jgone', 'plain'];
    for (const [index, revision] of names.entries())
      await server.controls.put(bakingRelease({ id: `app-${index}`, revision }));
    const terminal = await openTerminal(sluiceLine(['list', '-w'], server.url));
    const text = await terminal.shows(/plain[^]*q leave/);
    const rows = text.split('\n').filter((line) => line.startsWith('app-'));
    expect(rows).toHaveLength(names.length);
    const columns = rows.map((row) => stringWidth(row.slice(0, row.indexOf('baking'))));
    expect(new Set(columns).size).toBe(1);
    expect(text).toContain('\ufffd[2Jgone');
  });
});

describe.runIf(needs('tmux'))('the keys of watch', () => {
  it('p pauses and r resumes, and what changed is said', async () => {
    const { terminal, server } = await watching();
    await terminal.press('p');
    await terminal.shows(/paused app-3f2a \(app v1\.9\.0\)/);
    expect((await release(server)).pauses).toMatchObject([{ by: 'person', reason: 'by key in sluice watch' }]);
    await terminal.press('r');
    await terminal.shows(/resumed app-3f2a/);
    expect((await release(server)).pauses).toEqual([]);
  });

  it('says why an order is not to be given, in the words of the page', async () => {
    const { terminal } = await watching();
    await terminal.press('r');
    await terminal.shows(/^resume: nothing is paused, lowered or to be answered$/m);
  });

  it('a aborts after a reason and a yes, and not before', async () => {
    const { terminal, server } = await watching();
    await terminal.press('a');
    await terminal.shows(/abort app-3f2a: why\?/);
    await terminal.press('Enter');
    await terminal.type('broken invoycess');
    await terminal.press('BSpace', 'BSpace', 'BSpace', 'BSpace', 'BSpace');
    await terminal.type('ices');
    await terminal.shows(/> broken invoices_/);
    await terminal.press('Enter');
    expect(await terminal.shows(/y: do it; any other key: don't/)).toContain('Takes the weight from 50 % to 0 at once');
    await terminal.press('n');
    await terminal.shows(/q leave/);
    expect((await release(server)).orders.abort).toBeNull();
    await terminal.press('a');
    await terminal.type('y');
    await terminal.press('Escape');
    await terminal.shows(/q leave/);
    expect((await release(server)).orders.abort).toBeNull();
    await terminal.press('a');
    await terminal.type('broken invoices');
    await terminal.press('Enter', 'y');
    await terminal.shows(/rolling back app-3f2a \(app v1\.9\.0\)/);
    expect((await release(server)).orders.abort).toMatchObject({ reason: 'broken invoices' });
  });

  it('d shows the evidence and the whole log, to be moved; ? says what the keys do', async () => {
    const { terminal } = await watching();
    await terminal.press('d');
    const detail = await terminal.shows(/response_time_p95: pass, warning, rules\/production\.yaml:3/);
    expect(detail).toContain('12.4k events, 50 % of the evidence that convicts');
    expect(detail).toMatch(/lines 1 to 2\d of \d+/);
    await terminal.press('NPage', 'NPage', 'NPage', 'NPage', 'NPage');
    await terminal.shows(/entry 0 of the log/);
    await terminal.press('?');
    await terminal.shows(/KEYS[^]*p {3}pause: the weight stays where it is/);
    await terminal.press('Escape');
    await terminal.shows(/step 2\/3[^]*d detail/);
  });
});

describe.runIf(needs('tmux'))('leaving watch', () => {
  it.each(['q', 'C-c'])('%s lets the release go on, says so, and gives the terminal back', async (key) => {
    const { terminal, server } = await watching();
    const before = await release(server);
    await terminal.press(key);
    const text = await terminal.shows(/ended with 130/);
    expect(text).toContain('app-3f2a goes on without you; look again with: sluice watch app-3f2a');
    expect(text).toContain('[#### 25% 10m done][#... 50% 15m 07:42][.... 100% 30m]');
    expect(await release(server)).toEqual(before);
    await eventually(async () => expect(await terminal.state()).toEqual(asItWas));
  });

  it('leaves the rollback card on the terminal when the release was taken back', async () => {
    const { terminal, server } = await watching();
    await terminal.press('d');
    await server.controls.put(rolledBackRelease());
    const text = await terminal.shows(/ended with 1\n/);
    expect(text).toMatch(
      /== ROLLED BACK =+\n {3}rule {10}error_rate \(rules\/production\.yaml:2\)\n {3}value {9}4\.9 %/,
    );
    expect(await terminal.state()).toEqual(asItWas);
  });

  it('stops at Ctrl-Z with the terminal given back, and goes on where it was', async () => {
    const server = await testServer();
    await server.controls.put(bakingRelease(), log);
    const terminal = await openTerminal('true');
    await terminal.shows(/prompt\$/);
    await terminal.type(`set -m; ${sluiceLine(['watch', 'app'], server.url)}`);
    await terminal.press('Enter');
    await terminal.shows(/q leave/);
    await terminal.press('C-z');
    await terminal.shows(/Stopped[^]*prompt\$/);
    expect(await terminal.state()).toMatchObject({ screen: 'first', cursor: true });
    await terminal.type('fg');
    await terminal.press('Enter');
    await terminal.shows(/step 2\/3[^]*q leave/);
    await terminal.press('q');
    await terminal.shows(/goes on without you/);
  });
});

describe.runIf(needs('tmux'))('a watch whose controller goes away', () => {
  it('says since when, keeps what it knew, and goes on when one is there again', async () => {
    const { terminal, server } = await watching();
    await server.stop(50);
    const text = await terminal.shows(/! data of \d\d:\d\d:\d\d, .* old; asking on: no controller answers/);
    expect(text).toContain('step 2/3');
    await terminal.press('p');
    await terminal.shows(/^pause: no controller answers/m);
    const second = await testServer({ port: server.port });
    await second.controls.put(bakingRelease({ stableRevision: 'v1.8.3' }), log);
    const after = await terminal.shows(/v1\.8\.3 -> v1\.9\.0/);
    expect(after).not.toContain('asking on');
  });
});

describe.runIf(needs('tmux'))('colours', () => {
  it('are there, and are not where NO_COLOR is set', async () => {
    const colored = await watching();
    expect(await colored.terminal.screen('colors')).toContain('\u001b[32m');
    const plain = await watching({ env: { NO_COLOR: '1' } });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters
    expect(await plain.terminal.screen('colors')).not.toMatch(/\u001b\[[0-9;]*m/);
  });
});

describe.runIf(needs('tmux'))('list -w on a terminal', () => {
  it('follows the releases, counts those it has no line for, and leaves at q', async () => {
    const server = await testServer();
    for (let count = 1; count <= 9; count += 1) await server.controls.put(bakingRelease({ id: `app-${count}` }));
    const terminal = await openTerminal(sluiceLine(['list', '-w'], server.url), { height: 8 });
    expect(await terminal.shows(/q leave/)).toMatch(/RELEASE[^]*and 4 more: sluice list\nq leave/);
    await server.controls.put({ ...rolledBackRelease(), id: 'app-1' });
    await terminal.resize(80, 24);
    await terminal.shows(/app-1 .*rolledBack/);
    await terminal.press('q');
    await terminal.shows(/ended with 130/);
    expect(await terminal.state()).toEqual(asItWas);
  });
});
