/** The files of `dashboards/` are what `npm run dashboards` writes, and the alert rules fire when they should. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { metricFamilies } from '../../src/telemetry/metric-names.ts';
import { needs } from '../support/needs.ts';
import { dashboardFiles } from './dashboards/files.ts';

const alertTests = 'test/fixtures/alerts.test.yaml';

interface RuleFile {
  readonly groups: readonly { readonly rules: readonly { readonly alert: string; readonly expr: string }[] }[];
}

const alertRules = () =>
  (parse(readFileSync('dashboards/alerts.yaml', 'utf8')) as RuleFile).groups.flatMap(({ rules }) => rules);

describe('dashboards/', () => {
  it('holds what `npm run dashboards` writes, and nothing else', () => {
    const expected = Object.fromEntries(Object.entries(dashboardFiles).map(([file, text]) => [file, text()]));
    const found = readdirSync('dashboards')
      .filter((name) => !name.endsWith('.md'))
      .map((name) => `dashboards/${name}`);
    expect(Object.fromEntries(found.map((file) => [file, readFileSync(file, 'utf8')]))).toEqual(expected);
  });

  it('has alert rules over metrics that are exported', () => {
    const names = alertRules().flatMap(({ expr }) => expr.match(/\bsluice_\w+/g) ?? []);
    const known = metricFamilies.flatMap(({ name }) => [name, `${name}_count`, `${name}_bucket`]);
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !known.includes(name))).toEqual([]);
  });

  it('has a case for each alert that fires and one that does not', () => {
    const cases = readFileSync(alertTests, 'utf8');
    for (const { alert } of alertRules()) {
      expect(cases).toContain(`alertname: ${alert}, exp_alerts: []`);
      expect(cases).toMatch(new RegExp(`alertname: ${alert}\\n +exp_alerts:\\n`));
    }
  });

  it.runIf(needs('promtool'))('has alert rules that fire on their trouble, and not without it', () => {
    expect(execFileSync('promtool', ['test', 'rules', alertTests], { encoding: 'utf8' })).toContain('SUCCESS');
  });
});
