import { describe, expect, it } from 'vitest';
import { demanded } from '../../src/release/approval.ts';
import { testServer } from '../support/http-server.ts';
import { startProcess } from '../support/process.ts';
import { bakingRelease, rolledBackRelease, sampleRelease, startedAtMs } from '../support/sample-release.ts';
import { sluiceWords, startSluice } from '../support/sluice-command.ts';

const entry = (message: string) => ({ atMs: 1, kind: 'event', reason: 'X', message, data: {} }) as const;

/** The command on a real terminal of a size, made by util-linux' script. */
const onTerminal = (words: readonly string[], server: string, columns = 80) => {
  const command = [...sluiceWords, ...words].join(' ');
  const shell = `stty cols ${columns} rows 24; exec ${command} --server ${server}`;
  return startProcess(['script', '-qfec', shell, '/dev/null'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, TERM: 'xterm', NO_COLOR: '1', SHELL: '/bin/sh' },
  });
};

describe('watch in a pipe', () => {
  it('writes each line of the log once, the rollback card, and ends with exit code 1', async () => {
    const { url, controls } = await testServer();
    await controls.put(bakingRelease(), [entry('step 2 started')]);
    const watching = startSluice(['watch', 'app'], { server: url });
    await watching.says(/step 2 started/);
    await controls.put(rolledBackRelease(), [entry('weight 0 % is applied')]);
    expect(await watching.exited).toBe(1);
    const text = watching.output();
    expect(text).toContain('app  v1.8.2 -> v1.9.0   step 2/3   next: 100 % in 07:42');
    expect(text.match(/step 2 started/g)).toHaveLength(1);
    expect(text).toMatch(
      /weight 0 % is applied[^]*== ROLLED BACK ==[^]*value +4\.9 % against 0\.1 %[^]*rolled back, took/,
    );
    expect(text).not.toContain('\u001b');
  });

  it('leaves the release running at Ctrl-C, and says so', async () => {
    const { url, controls } = await testServer();
    const before = await controls.put(bakingRelease(), [entry('step 2 started')]);
    const watching = startSluice(['watch'], { server: url });
    await watching.says(/step 2 started/);
    expect(await watching.end('SIGINT')).toBe(130);
    expect(watching.output()).toContain('app-3f2a goes on without you; look again with: sluice watch app-3f2a');
    const after = await controls.release('app-3f2a');
    expect(after.ok && after.value).toEqual(before);
  });

  it('writes what a release waits for, and each item of it again when it has changed', async () => {
    const approvals = demanded(['qa', 'security'].map((name) => ({ name, by: ['eve'], expiresMs: null })));
    const given = approvals.map((each) =>
      each.name === 'qa' ? { ...each, given: { who: 'eve', atMs: startedAtMs, reason: 'tried it' } } : each,
    );
    const { url, controls } = await testServer();
    const waiting = await controls.put(sampleRelease({ approvals }));
    const watching = startSluice(['watch', 'app'], { server: url });
    await watching.says(/waiting {4}approval security: not given; eve may; to do: `sluice approve app-3f2a --as sec/);
    await controls.put({ ...waiting, approvals: given });
    await watching.says(/passed {5}approval qa: given by eve: tried it/);
    await watching.end('SIGINT');
    expect(watching.output().match(/approval security/g)).toHaveLength(1);
  });

  it('as JSON writes a view for each change', async () => {
    const { url, controls } = await testServer();
    await controls.put(bakingRelease(), [entry('step 2 started')]);
    const watching = startSluice(['watch', '-o', 'json'], { server: url });
    await watching.says(/"phase":"baking"/);
    await controls.put(rolledBackRelease());
    await watching.exited;
    const views = watching
      .output()
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line).phase);
    expect(views).toEqual(['baking', 'rolledBack']);
  });

  it('outlasts a controller that is away for a moment', async () => {
    const first = await testServer();
    await first.controls.put(bakingRelease(), [entry('step 2 started')]);
    const watching = startSluice(['watch'], { server: first.url });
    await watching.says(/step 2 started/);
    await first.stop(50);
    await watching.says(/no controller answers/);
    const second = await testServer({ port: first.port });
    await second.controls.put(rolledBackRelease());
    expect(await watching.exited).toBe(1);
  });
});

describe('watch on a terminal', () => {
  it('draws a screen of its size, and leaves at Ctrl-C with the cursor back', async () => {
    const { url, controls } = await testServer();
    await controls.put(bakingRelease());
    const watching = onTerminal(['watch'], url);
    await watching.says(/q leave/);
    watching.child.stdin?.write('\u0003');
    await watching.exited;
    const text = watching.output();
    expect(text).toContain('\u001b[?25l');
    expect(text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(text.lastIndexOf('\u001b[?25l'));
    expect(text).toContain('goes on without you');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a terminal is steered by them
    const lines = text
      .replaceAll(/\u001b\[\d+;1H/g, '\n')
      .replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
      .split(/[\r\n]+/);
    expect(Math.max(...lines.slice(0, -2).map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it('ends by itself with the release, the card on the screen', async () => {
    const { url, controls } = await testServer();
    await controls.put(bakingRelease());
    const watching = onTerminal(['watch'], url, 60);
    await watching.says(/q leave/);
    await controls.put(rolledBackRelease());
    expect(await watching.exited).toBe(1);
    expect(watching.output()).toContain('== ROLLED BACK ==');
  });
});

describe('list -w in a pipe', () => {
  it('writes the list again when something changed', async () => {
    const { url, controls } = await testServer();
    await controls.put(bakingRelease());
    const watching = startSluice(['list', '-w'], { server: url });
    await watching.says(/baking/);
    await controls.put(rolledBackRelease());
    await watching.says(/rolledBack/);
    expect(watching.output().match(/baking/g)).toHaveLength(1);
    expect(await watching.end('SIGINT')).toBe(130);
  });
});
