/** Seconds and memory of `sluice rules backtest` over 30 days of history that a real Prometheus has: six rules, a scrape every 15 s. */
import { readFileSync } from 'node:fs';
import { serveHistory } from '../support/history.ts';
import { eventfulPlan } from '../support/history-plan.ts';
import { startSluice } from '../support/sluice-command.ts';
import { withCleanUp } from './rig/clean-up.ts';
import { figure } from './rig/figure.ts';

const days = 30;
const reach = { seconds: 30, megabytes: 300 };

interface Spent {
  /** The most that it has held so far. */
  readonly megabytes: number;
  /** Of all its threads. */
  readonly cpuSeconds: number;
}

/** What a process has taken so far; null: it is gone. */
function spentBy(pid: number): Spent | null {
  try {
    const [, kilobytes] = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    // After the name, which may hold anything: state, then numbers; user and system time in hundredths of a second.
    const [, , , , , , , , , , , user, system] =
      readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
    return kilobytes === undefined
      ? null
      : { megabytes: Number(kilobytes) / 1024, cpuSeconds: (Number(user) + Number(system)) / 100 };
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
  let spent: Spent = { megabytes: 0, cpuSeconds: 0 };
  const look = setInterval(() => {
    spent = spentBy(running.pid) ?? spent;
  }, 50);
  const code = await running.exited;
  clearInterval(look);
  if (code !== 0) throw new Error(`the backtest ended with ${code}:\n${running.output()}`);
  const seconds = (performance.now() - startedMs) / 1000;
  console.log(figure(`${days} days x 6 rules at 15 s`, 's', { values: [seconds], reach: { median: reach.seconds } }));
  const { megabytes, cpuSeconds } = spent;
  console.log(figure('CPU of the command, on as many cores as there are', 's', { values: [cpuSeconds], reach: null }));
  console.log(
    figure('memory of the command, at most', 'MB', { values: [megabytes], reach: { median: reach.megabytes } }),
  );
});
