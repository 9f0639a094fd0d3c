import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const depcruise = join(root, 'node_modules', 'dependency-cruiser', 'bin', 'dependency-cruise.mjs');

/** One forbidden import for each rule: a file, what it must not import, and the rule that must say so. */
const forbidden: readonly (readonly [rule: string, file: string, imports: string])[] = [
  ['lib-imports', 'lib/duration.ts', '../rules/rule.ts'],
  ['rules-imports', 'rules/query.ts', '../metrics/reading.ts'],
  ['metrics-imports', 'metrics/measure.ts', '../verdict/judge.ts'],
  ['verdict-imports', 'verdict/judge.ts', '../metrics/metric-source.ts'],
  ['verdict-imports', 'verdict/window.ts', '../release/release.ts'],
  ['release-imports', 'release/transition.ts', '../gate/gate.ts'],
  ['checks-imports', 'checks/hear.ts', '../gate/gate.ts'],
  ['gate-imports', 'gate/gate.ts', '../promotion/promote.ts'],
  ['gate-imports', 'gate/weights.ts', '../router/weights.ts'],
  ['promotion-imports', 'promotion/promote.ts', '../rollback/take-back.ts'],
  ['rollback-imports', 'rollback/take-back.ts', '../promotion/promote.ts'],
  ['router-imports', 'router/weights.ts', '../release/release.ts'],
  ['workload-imports', 'workload/scaling.ts', '../gate/gate.ts'],
  ['backup-imports', 'backup/point.ts', '../gate/gate.ts'],
  ['notify-imports', 'notify/message.ts', '../router/weights.ts'],
  ['report-imports', 'report/explain.ts', '../workload/workload.ts'],
  ['telemetry-imports', 'telemetry/families.ts', '../promotion/promote.ts'],
  ['server-imports', 'server/routes.ts', '../router/weights.ts'],
  ['page-imports', 'page/store.ts', '../gate/gate.ts'],
  ['tuning-imports', 'tuning/backtest.ts', '../router/proxy-state.ts'],
  ['reconcile-imports', 'reconcile/step.ts', '../tuning/backtest.ts'],
  ['pure-core-no-packages', 'gate/checks.ts', 'zod'],
  ['pure-core-no-node', 'verdict/digest.ts', 'node:crypto'],
  ['pure-core-no-files', 'release/plan.ts', '../lib/config-file/yaml-file.ts'],
  ['pure-core-no-clock', 'gate/facts.ts', '../lib/clock.ts'],
  ['io-in-named-files', 'metrics/cached.ts', 'node:fs'],
  ['io-in-named-files', 'metrics/fetched.ts', 'axios'],
  ['adapters-picked-once', 'reconcile/tick.ts', '../router/proxy.ts'],
  ['adapters-picked-once', 'workload/process.ts', '../router/proxy.ts'],
  ['kube-imports', 'kube/kinds.ts', '../router/router.ts'],
  ['kube-for-adapters', 'reconcile/seen.ts', '../kube/client.ts'],
  ['secrets-for-adapters', 'release/told.ts', '../lib/secret/read-secret.ts'],
  ['core-without-adapters', 'metrics/window.ts', './prometheus.ts'],
  ['rxjs-in-few-files', 'reconcile/stream.ts', 'rxjs'],
  ['composition-root-on-top', 'reconcile/root.ts', '../controller.ts'],
  ['pipeline-below-surfaces', 'pipeline.ts', './server/routes.ts'],
  ['no-cycles', 'lib/egg.ts', './hen.ts'],
  ['no-orphans', 'lib/left-over.ts', ''],
  ['no-test-code', 'lib/tested.ts', '../../test/support/tool.ts'],
  ['no-development-packages', 'lib/checked.ts', 'fast-check'],
  ['no-unlisted-packages', 'lib/transitive.ts', 'picocolors'],
  ['no-unresolvable', 'lib/lost.ts', './nowhere.ts'],
];

/** What the layout wants: none of it may be reported. */
const allowed: readonly (readonly [file: string, imports: string])[] = [
  ['controller.ts', './router/proxy.ts'],
  ['controller.ts', './pipeline.ts'],
  ['controller.ts', 'rxjs'],
  ['cli/run.ts', '../controller.ts'],
  ['main.ts', './cli/run.ts'],
  ['pipeline.ts', './reconcile/fine.ts'],
  ['reconcile/fine.ts', '../router/router.ts'],
  ['verdict/fine.ts', '../metrics/reading.ts'],
  ['release/fine.ts', '../workload/workload.ts'],
  ['release/policy-schema.ts', 'zod'],
  ['release/policy-schema.ts', '../lib/config-file/yaml-file.ts'],
  ['router/proxy.ts', 'node:http'],
  ['router/proxy.ts', './router.ts'],
  ['router/share.ts', './proxy-state.ts'],
  ['router/istio.ts', '../kube/client.ts'],
  ['kube/client.ts', 'node:http'],
  ['notify/secrets-host.ts', '../lib/secret/read-secret.ts'],
  ['kube/watch.ts', 'rxjs'],
  ['metrics/readings.ts', 'rxjs'],
];

const neighbours = [
  'rules/rule.ts',
  'metrics/reading.ts',
  'metrics/metric-source.ts',
  'metrics/prometheus.ts',
  'release/release.ts',
  'router/proxy-state.ts',
  'router/router.ts',
  'workload/workload.ts',
  'lib/clock.ts',
  'lib/config-file/yaml-file.ts',
  'lib/secret/read-secret.ts',
];

/** What we read of dependency-cruiser's JSON report. */
interface Summary {
  readonly violations: readonly { readonly from: string; readonly rule: { readonly name: string } }[];
  readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string; readonly comment: string }[] };
}

describe('dependency rules', () => {
  /** `rule file` for every violation. */
  let found: readonly string[] = [];
  let rules: Summary['ruleSetUsed']['forbidden'] = [];

  let folder = '';

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
    writeTree(folder);
    const summary = cruise(folder);
    found = summary.violations.map(({ rule, from }) => `${rule.name} ${from}`);
    rules = summary.ruleSetUsed.forbidden;
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it.each(forbidden)('%s: src/%s may not import %s', (rule, file) => {
    expect(found).toContain(`${rule} src/${file}`);
  });

  it('let through what the layout wants', () => {
    const files = allowed.map(([file]) => `src/${file}`);
    const own = forbidden.map(([rule, file]) => `${rule} src/${file}`);
    expect(found.filter((line) => files.includes(line.split(' ')[1] ?? '') && !own.includes(line))).toEqual([]);
  });

  it('are all tried here, each with its reason', () => {
    expect(rules.map(({ name }) => name).toSorted()).toEqual([...new Set(forbidden.map(([rule]) => rule))].toSorted());
    expect(rules.filter(({ comment }) => comment.length < 20)).toEqual([]);
  });
});

/** Writes the files above to a folder, with our package.json and packages beside them. */
function writeTree(folder: string): void {
  const imports = [
    ...forbidden.map(([, file, to]) => [file, to] as const),
    ...allowed,
    ['lib/hen.ts', './egg.ts'] as const,
  ];
  const files = Map.groupBy(imports, ([file]) => file);
  const write = (file: string, text: string): void => {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  };
  for (const file of neighbours) write(`src/${file}`, 'export type Fine = string;\n');
  for (const [file, lines] of files) {
    const statements = lines.filter(([, to]) => to !== '').map(([, to]) => statement(to));
    write(`src/${file}`, `${statements.join('')}export {};\n`);
  }
  write('test/support/tool.ts', 'export {};\n');
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
}

/** Types are imports like any other: our own files are imported by type only. */
const statement = (to: string): string => (to.startsWith('.') ? `import type {} from '${to}';\n` : `import '${to}';\n`);

function cruise(folder: string): Summary {
  const args = [depcruise, '--config', join(root, '.dependency-cruiser.mjs'), '--output-type', 'json', 'src'];
  let output = '';
  try {
    output = execFileSync(process.execPath, args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 26 });
  } catch (error) {
    output = (error as { readonly stdout: string }).stdout;
  }
  return (JSON.parse(output) as { readonly summary: Summary }).summary;
}
