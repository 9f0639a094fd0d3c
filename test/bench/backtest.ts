/** Seconds and memory of `sluice rules backtest` over 30 days of history that a real Prometheus has: six rules, a scrape every 15 s. */
import { readFileSync } from 'node:fs';
import { serveHistory } from '../support/history.ts';
import { eventfulPlan } from '../support/history-plan.ts';
import { startSluice } from '../support/sluice-command.ts';
import { withCleanUp } from './rig/clean-up.ts';
import { figure } from './rig/figure.ts';

const days = 30;
const reach = { seconds: 30, megabytes: 300 };

/** The most memory that a process has held so far, in MB; null: it is gone. */
function heldBy(pid: number): number | null {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return kilobytes === undefined ? null : Number(kilobytes) / 1024;
  } catch {
    return null;
  }
}

await withCleanUp(async (atEnd) => {
  const begunMs = performance.now();
  const { url, plan } = await serveHistory(eventfulPlan({ days, perSecond: 200, intervalMs: 15_000 }), atEnd);
  console.log(`  prepared in ${((performance.now() - begunMs) / 1000).toFixed(0)} s, outside of the figure`);
  const span = ['--from', new Date(plan.fromMs).toISOString(), '--to', new Date(plan.toMs).toISOString()];
  const words = [
    '--rules',
    'rules/production.yaml',
    '--prometheus',
    url,
    ...span.map((word) => word.replace('.000', '')),
  ];
  const startedMs = performance.now();
  const running = startSluice(['rules', 'backtest', '--quiet', '--select', 'job=app', ...words], { atEnd });
  let megabytes = 0;
  const look = setInterval(() => {
    megabytes = Math.max(megabytes, heldBy(running.pid) ?? 0);
  }, 50);
  const code = await running.exited;
  clearInterval(look);
  if (code !== 0) throw new Error(`the backtest ended with ${code}:\n${running.output()}`);
  const seconds = (performance.now() - startedMs) / 1000;
  console.log(figure(`${days} days x 6 rules at 15 s`, 's', { values: [seconds], reach: { median: reach.seconds } }));
  console.log(
    figure('memory of the command, at most', 'MB', { values: [megabytes], reach: { median: reach.megabytes } }),
  );
});
