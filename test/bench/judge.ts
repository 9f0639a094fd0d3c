/** Microseconds that the judge needs for one rule and one tick, by kind of rule. */
import type { CountsReading, LevelReading, Reading } from '../../src/metrics/reading.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { judge } from '../../src/verdict/judge.ts';
import { type RuleState, startRuleState } from '../../src/verdict/rule-state.ts';
import { arrive } from '../simulate/arrivals.ts';
import { seeded } from '../simulate/random.ts';
import { atStep, cpu, errorRate, p95, readingOf, settings, throughput } from '../verdict/a-rule.ts';

const ticks = 2_000;
const warmUps = 10;
const rounds = 60;
const goalMicros = 5;

/** Parts of the requests slower than each bound; the limit of the p95 is the first. */
const slowAt = [
  [0.5, 0.03],
  [0.1, 0.5],
  [0.15, 0.2],
  [0.25, 0.1],
  [1, 0.002],
] as const;

/** Response times as they come from a histogram: what is slower than the limit, and than four bounds besides. */
const overBounds = (reading: CountsReading): CountsReading => {
  const { canary, stable } = reading.aligned;
  const slower = slowAt.map(([bound, part]) => ({
    bound,
    canary: Math.round(canary.events * part),
    stable: Math.round(stable.events * part),
  }));
  return { ...reading, aligned: { ...reading.aligned, slower } };
};

const readings = (rule: Rule): readonly Reading[] => {
  const random = seeded(1);
  return Array.from({ length: ticks }, (_, i) => {
    const atMs = (i + 1) * 15_000;
    if (rule.sli.kind === 'gauge') return { kind: 'level', atMs, canary: 0.4, stable: 0.4 } satisfies LevelReading;
    const errorRate = rule.sli.kind === 'latency' ? 0.03 : 0.0005;
    const reading = readingOf(atMs, {
      canary: arrive(random, { perSecond: 25, errorRate }, 15),
      stable: arrive(random, { perSecond: 75, errorRate }, 15),
    });
    return rule.sli.kind === 'latency' ? overBounds(reading) : reading;
  });
};

const run = (rule: Rule, all: readonly Reading[]): void => {
  let state: RuleState = startRuleState(rule);
  for (const reading of all) state = judge(rule, settings, { state, reading, context: atStep() }).state;
  if (state.convicted !== null) throw new Error(`${rule.name} was convicted: this measures nothing`);
};

/** Time of this thread alone: what else the machine does is not the judge's. */
const microsPerTick = (rule: Rule): number => {
  const all = readings(rule);
  for (let round = 0; round < warmUps; round++) run(rule, all);
  const start = process.threadCpuUsage();
  for (let round = 0; round < rounds; round++) run(rule, all);
  const { user, system } = process.threadCpuUsage(start);
  return (user + system) / ticks / rounds;
};

console.log(`judge: microseconds of CPU per rule and tick, mean of ${rounds} x ${ticks} ticks`);
for (const rule of [errorRate, p95, throughput, cpu]) {
  const micros = microsPerTick(rule);
  const missed = micros > goalMicros ? '   MISSED' : '';
  console.log(`  ${rule.name.padEnd(20)} ${micros.toFixed(2).padStart(6)}   goal <= ${goalMicros}${missed}`);
}
