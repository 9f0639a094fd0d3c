/** `sluice rules backtest` over a real Prometheus with a week of made-up history, against what is true of its making. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { suiteEnd } from '../../support/at-end.ts';
import { type ServedHistory, serveHistory } from '../../support/history.ts';
import { dayMs, eventfulPlan, type HistoryPlan, minuteMs } from '../../support/history-plan.ts';
import { needs } from '../../support/needs.ts';
import { queryServer } from '../../support/query-server.ts';
import { type CommandOutcome, sluice, startSluice } from '../../support/sluice-command.ts';
import { tempDir } from '../../support/temp-dir.ts';

const outcome = z.object({ kind: z.string(), rule: z.string().optional(), atMs: z.number().optional() });
const row = z.object({
  version: z.string(),
  startMs: z.number(),
  ending: z.string(),
  mark: z.string(),
  new: outcome,
  old: outcome,
  earlierMs: z.number().nullable(),
});
const healthy = z.object({ releases: z.number(), rolledBack: z.number(), atMost: z.number() });
const answer = z.object({
  rows: z.array(row),
  totals: z.object({ missed: z.number(), false: z.number(), caught: z.number() }),
  healthy: z.object({ new: healthy }),
  unreplayable: z.array(z.object({ what: z.string(), reason: z.string(), remedy: z.string() })),
});

/** The shared incident comes ten minutes after the raise before it, so that no raise is to blame. */
function aWeek(): HistoryPlan {
  const plan = eventfulPlan({ days: 7, perSecond: 200, intervalMs: 30_000 });
  const afterMs = (plan.deploys[2]?.afterMs ?? 0) + 20 * minuteMs;
  return { ...plan, incident: { afterMs, forMs: 4 * minuteMs, ratio: 0.03 } };
}

describe.runIf(needs(['prometheus', 'promtool']))('a backtest of a week', () => {
  const atEnd = suiteEnd();
  let served: ServedHistory;
  let told: CommandOutcome;
  let page: string;

  const run = (words: readonly string[]): Promise<CommandOutcome> => {
    const { url, plan } = served;
    const span = ['--from', new Date(plan.fromMs - dayMs).toISOString().replace('.000', ''), '--select', 'job=app'];
    const fixed = ['--rules', 'rules/production.yaml', '--prometheus', url];
    return sluice(['rules', 'backtest', ...fixed, ...span, ...words], { atEnd });
  };

  beforeAll(async () => {
    served = await serveHistory(aWeek(), atEnd);
    page = join(await tempDir(atEnd), 'backtest.html');
    told = await run(['-o', 'json', '--html', page, '--fail-on', 'missed,false']);
  }, 600_000);

  const result = (): z.infer<typeof answer> => answer.parse(JSON.parse(told.out));

  it('finds every deploy, and what became of it', () => {
    const found = result().rows.map(({ version, ending }) => [version, ending]);
    expect(found).toEqual(served.truth.deploys.map((deploy) => [deploy.version, deploy.outcome]));
    for (const [i, deploy] of served.truth.deploys.entries())
      expect(Math.abs((result().rows[i]?.startMs ?? 0) - deploy.startMs)).toBeLessThanOrEqual(3 * minuteMs);
  });

  it('convicts the bad ones soon after their onset, and no other, the shared incident and restarts included', () => {
    for (const deploy of served.truth.deploys) {
      const own = result().rows.find(({ version }) => version === deploy.version);
      if (deploy.bad === null) {
        expect(own).toMatchObject({ version: deploy.version, mark: 'good' });
        continue;
      }
      expect(own).toMatchObject({ version: deploy.version, mark: 'caught', new: { rule: 'error_rate' } });
      const afterMs = (own?.new.atMs ?? 0) - deploy.bad.onsetMs;
      expect(afterMs).toBeGreaterThanOrEqual(0);
      expect(afterMs).toBeLessThanOrEqual(15 * minuteMs);
    }
    expect(result().totals).toMatchObject({ missed: 0, false: 0 });
    expect(told.code).toBe(0);
  });

  it('rolls no healthy service back, and says how sure that is', () => {
    const { releases, rolledBack, atMost } = result().healthy.new;
    expect(releases).toBeGreaterThan(100);
    expect(rolledBack).toBe(0);
    expect(atMost).toBeLessThan(0.03);
  });

  it('lists what it could not replay, with what would help', () => {
    const reasons = result().unreplayable.map(({ what, reason }) => `${what} ${reason}`);
    expect(reasons).toContain('history NoSamples');
    expect(reasons).toContain('cpu_usage NotMeasured');
    expect(result().unreplayable.every(({ remedy }) => remedy !== '')).toBe(true);
  });

  it('writes a page that asks nothing of anybody', async () => {
    const html = await readFile(page, 'utf8');
    for (const { version } of served.truth.deploys) expect(html).toContain(version);
    expect(html).toContain('<svg');
    expect(html).not.toMatch(/<script|https?:|url\(|src=/);
  });

  it('names the label that is missing', async () => {
    const { out } = await run(['--version-label', 'release', '-o', 'json']);
    const { rows, unreplayable } = answer.parse(JSON.parse(out));
    expect(rows).toEqual([]);
    expect(unreplayable.find(({ reason }) => reason === 'NoVersionLabel')?.remedy).toContain('release');
  }, 600_000);

  it('stops at Ctrl-C: says what is judged, exits 130 and writes nothing it was not asked for', async () => {
    const { url, plan } = served;
    const from = new Date(plan.fromMs).toISOString().replace('.000', '');
    const words = ['--rules', 'rules/production.yaml', '--prometheus', url, '--from', from, '--select', 'job=app'];
    const running = startSluice(['rules', 'backtest', ...words], { atEnd });
    await running.says(/judging up to/, 120_000);
    expect(await running.end('SIGINT')).toBe(130);
    expect(running.output()).toMatch(/stopped: judged up to .* UTC, the rest is not in these numbers/);
    expect(running.output()).toContain('the backtest was stopped before it');
  }, 300_000);

  it('stops at Ctrl-C before anything is judged, whatever the server still thinks about', async () => {
    const silent = await queryServer(() => undefined);
    const words = ['--rules', 'rules/production.yaml', '--prometheus', silent.url, '--from', '1d'];
    const running = startSluice(['rules', 'backtest', ...words], { atEnd });
    await running.says(/looking for releases/, 120_000);
    const askedMs = performance.now();
    expect(await running.end('SIGINT')).toBe(130);
    expect(performance.now() - askedMs).toBeLessThan(15_000);
    expect(running.output()).toContain('stopped: nothing was judged yet');
  }, 300_000);

  it('says that nobody answers', async () => {
    const words = ['--rules', 'rules/production.yaml', '--prometheus', 'http://127.0.0.1:9', '--from', '1d'];
    expect(await sluice(['rules', 'backtest', ...words], { atEnd })).toMatchObject({ code: 3, out: '' });
  });
});
